// Marks the link to where we are. The pane is swapped and the sidebar stays, so the server does not draw this.

export function markCurrent() {
  for (const link of document.querySelectorAll("#sidebar a[href]")) {
    const { pathname } = new URL(link.href);
    const inRoom = /^\/rooms\/\d+\/$/.test(pathname) && location.pathname.startsWith(pathname); // at one of its messages
    if (pathname === location.pathname || inRoom) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

document.addEventListener("htmx:after:swap", markCurrent);
markCurrent();
