// A message's permalink: on the page of its room it leads there without leaving it. The message is marked, and has the focus.

import { goTo } from "./log-place.js";

export class LogLinks {
  constructor(log, signal) {
    this.log = log;
    log.addEventListener("click", (event) => this.clicked(event), { signal });
    document.addEventListener("htmx:before:history:restore", (event) => this.restored(event), { signal });
  }

  // The seq that an address of this room names, or null.
  seqIn({ origin, pathname }) {
    const base = this.log.list.getAttribute("hx-get");
    const rest = origin === location.origin && pathname.startsWith(base) ? pathname.slice(base.length) : "";
    return /^\d+\/$/.test(rest) ? rest.slice(0, -1) : null;
  }

  clicked(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const seq = this.seqIn(new URL(link.href));
    if (!seq) return;
    event.preventDefault();
    this.follow(seq, link.href);
  }

  async follow(seq, address) {
    this.leave(address);
    if (!(await this.show(seq))) location.reload(); // whatever is wrong, the page says it
  }

  // `htmx: true` as in its own entries, so that it brings this page back when another has taken its place.
  leave(address, place = this.log.atEnd ? null : this.log.place) {
    history.replaceState({ htmx: true, place }, "");
    history.pushState({ htmx: true }, "", address);
  }

  // To the newest: the page is no longer one about a message.
  leaveMessage(from) {
    if (this.seqIn(location) || (location.pathname === this.log.address && location.search)) this.leave(this.log.address, from);
  }

  async show(seq) {
    if (!this.log.messageAt(seq) && !(await this.log.window.open(`?around=${seq}`))) return false;
    const message = this.log.messageAt(seq);
    if (message) this.find(message);
    return Boolean(message);
  }

  find(message) {
    for (const found of this.log.querySelectorAll("[data-found]")) delete found.dataset.found;
    message.dataset.found = "";
    message.tabIndex = -1;
    message.scrollIntoView({ block: "center" });
    setTimeout(() => message.focus({ preventScroll: true })); // after the composer, which takes it on a new page
  }

  restored(event) {
    const address = new URL(event.detail.path, location.origin);
    const seq = this.seqIn(address);
    if (!seq && (address.pathname !== this.log.address || address.search)) return;
    event.preventDefault();
    if (history.state.place) this.goBack(history.state.place);
    else if (seq) this.show(seq);
    else this.log.toEnd();
  }

  async goBack(place) {
    if (this.log.messageAt(place.seq) || (await this.log.window.open(`?around=${place.seq}`))) goTo(this.log, place);
  }
}
