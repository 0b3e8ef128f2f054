// Marks the link to where we are. The pane is swapped and the sidebar stays, so the server does not draw this.

export function markCurrent() {
  for (const link of document.querySelectorAll("#sidebar a[href]")) {
    if (new URL(link.href).pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

document.addEventListener("htmx:after:swap", markCurrent);
markCurrent();
