// Keeps count of the room's version: what the page has of its changes, what it was brought, and what it must still fetch.

import { tagsOf } from "./live.js";

const GAP = 250; // ms; two sends of one moment may arrive in either order

export class LogVersions {
  constructor(log, signal) {
    Object.assign(this, { log, list: log.list });
    this.newest = Number(this.list.dataset.newest); // the seq of what was said last, as far as this page knows
    this.ahead = new Set(); // versions that arrived before one that is still missing
    this.list.addEventListener("htmx:config:request", (event) => this.ask(event), { signal });
    this.list.addEventListener("htmx:after:request", (event) => this.answered(event), { signal });
    document.addEventListener("htmx:before:swap", (event) => this.sift(event), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.gap));
  }

  get version() {
    return Number(Object.values(tagsOf(this.list))[0]);
  }

  set version(version) {
    const [tag] = Object.keys(tagsOf(this.list));
    this.list.dataset.tags = JSON.stringify({ [tag]: String(version) });
  }

  ask({ target, detail: { ctx } }) {
    if (target !== this.list) return;
    ctx.since = this.version;
    ctx.request.body.set("since", this.version);
    if (!this.log.atEnd && this.log.place) ctx.request.body.set("at", this.log.place.seq); // should it have to start again
    ctx.request.headers["HX-PTag"] = String(this.version);
  }

  answered({ target, detail: { ctx } }) {
    if (target !== this.list || !ctx.hx.ptag || ctx.since > this.version) return; // a page was put in that is older than what was asked
    this.version = Math.max(this.version, Number(ctx.hx.ptag));
  }

  // Messages were put in that are as they were at `version`; what changed since then went past them.
  backTo(version) {
    if (version >= this.version) return;
    this.version = version;
    htmx.trigger(this.list, "stale");
  }

  // Before messages are put in: note their versions, and leave out what the page has newer, or does not show at all.
  sift({ detail: { tasks } }) {
    for (const { fragment, target } of tasks) {
      if (target !== `#${this.list.id}`) continue;
      for (const message of fragment.querySelectorAll("[data-seq]")) if (!this.takes(message)) message.remove();
    }
  }

  takes(message) {
    const { seq, version } = message.dataset;
    this.note(Number(version));
    this.meet(message);
    const shown = document.getElementById(message.id);
    if (shown?.dataset.found !== undefined) message.dataset.found = ""; // one still looks at it
    if (shown?.dataset.seq) return Number(shown.dataset.version) < Number(version);
    if (!this.log.window.covers(Number(seq))) return false; // a pending copy stays until the window is there
    shown?.remove(); // the real one goes to its place
    return true;
  }

  meet(message) {
    if (Number(message.dataset.seq) <= this.newest) return;
    this.newest = Number(message.dataset.seq);
    this.log.said(message);
  }

  note(version) {
    if (version > this.version) this.ahead.add(version);
    let next = this.version;
    while (this.ahead.delete(next + 1)) next += 1;
    if (next !== this.version) this.version = next;
    for (const old of this.ahead) if (old <= next) this.ahead.delete(old);
    clearTimeout(this.gap);
    if (this.ahead.size) this.gap = setTimeout(() => htmx.trigger(this.list, "stale"), GAP);
  }
}
