// <chat-log>: a conversation's messages. The server's HTML is the same for everyone; what depends on the viewer or on the
// neighbours is set here as attributes, for CSS (see neighbours.js). Keeps count of the room's version too.

import { send, tagsOf } from "./live.js";
import { place } from "./neighbours.js";

const GAP = 250; // ms; two sends of one moment may arrive in either order
const SEEING = 1000; // ms between two words to the server about what was read
const NEAR = 120; // px from the end that count as being there

class ChatLog extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector(".messages");
    this.viewer = this.closest("[data-viewer]")?.dataset.viewer;
    this.ends = new AbortController();
    const signal = this.ends.signal;
    this.newest = Number([...this.list.querySelectorAll("[data-seq]")].at(-1)?.dataset.seq ?? 0);
    this.ahead = new Set(); // versions that arrived before one that is still missing
    this.list.addEventListener("htmx:config:request", (event) => this.ask(event), { signal });
    this.list.addEventListener("htmx:after:request", (event) => this.answered(event), { signal });
    document.addEventListener("htmx:before:swap", (event) => this.sift(event), { signal });
    this.addEventListener("scroll", () => this.scrolled(), { signal, passive: true });
    document.addEventListener("live:open", () => (this.seen = 0), { signal }); // what was said before may not have arrived
    for (const [target, name] of [[window, "focus"], [document, "visibilitychange"], [document, "live:open"]]) {
      target.addEventListener(name, () => this.see(), { signal });
    }
    this.changes = new MutationObserver((records) => this.changed(records));
    this.changes.observe(this.list, { childList: true });
    this.decorate();
    this.see();
  }

  disconnectedCallback() {
    this.ends.abort();
    this.changes.disconnect();
    clearTimeout(this.gap);
    clearTimeout(this.seeing);
    this.seeing = null;
  }

  get version() {
    return Number(Object.values(tagsOf(this.list))[0]);
  }

  set version(version) {
    const [tag] = Object.keys(tagsOf(this.list));
    this.list.dataset.tags = JSON.stringify({ [tag]: String(version) });
  }

  // The end of a column-reverse box is where scrollTop is 0; above it, it is negative.
  get atEnd() {
    return this.scrollTop > -NEAR;
  }

  scrolled() {
    if (!this.atEnd) return;
    this.dispatchEvent(new Event("caughtup"));
    this.see();
  }

  // Tell the server how far this was read: only what was in sight, of a page in front of somebody; at most once a second.
  see() {
    if (this.seeing) return;
    this.seeing = setTimeout(() => {
      this.seeing = null;
      const last = Number([...this.list.querySelectorAll("[data-seq]")].at(-1)?.dataset.seq ?? 0);
      if (!this.list.dataset.tags || document.hidden || !document.hasFocus() || !this.atEnd || last <= (this.seen ?? 0)) return;
      const [tag] = Object.keys(tagsOf(this.list));
      if (send({ seen: { [tag.split(":")[1]]: last } })) this.seen = last;
    }, this.seen ? SEEING : 0);
  }

  toEnd() {
    this.scrollTop = 0;
  }

  ask({ target, detail: { ctx } }) {
    if (target !== this.list) return;
    ctx.request.body.set("since", this.version);
    ctx.request.headers["HX-PTag"] = String(this.version);
  }

  answered({ target, detail: { ctx } }) {
    if (target === this.list && ctx.hx.ptag) this.version = Math.max(this.version, Number(ctx.hx.ptag));
  }

  // Before messages are put in: note their versions, and leave out what the page has newer, or does not show at all.
  sift({ detail: { tasks } }) {
    if (!this.list.dataset.tags) return;
    for (const { fragment, target } of tasks) {
      if (target !== `#${this.list.id}`) continue;
      for (const message of fragment.querySelectorAll("[data-seq]")) {
        this.note(Number(message.dataset.version));
        const shown = document.getElementById(message.id);
        if (shown && !shown.dataset.seq) shown.remove(); // the pending copy: the real one goes to its place
        else if (shown ? Number(shown.dataset.version) >= Number(message.dataset.version) : this.isOlder(message)) message.remove();
      }
    }
  }

  isOlder(message) {
    const first = this.list.querySelector("[data-seq]");
    return this.list.querySelector(".older") && first && Number(message.dataset.seq) < Number(first.dataset.seq);
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

  changed(records) {
    const news = records.flatMap((record) => [...record.addedNodes]).filter((node) => node === this.list.lastElementChild && Number(node.dataset.seq) > this.newest); // not an edited one
    this.decorate();
    this.see();
    for (const { author, seq } of records.flatMap((record) => [...record.addedNodes].map((node) => node.dataset ?? {}))) {
      if (Number(seq) <= this.newest || !author) continue; // older ones that are read now
      this.newest = Number(seq);
      this.dispatchEvent(new CustomEvent("said", { detail: { author } }));
    }
    if (!news.length) return;
    if (news[0].dataset.author === this.viewer) this.toEnd();
    else if (!this.atEnd) this.dispatchEvent(new Event("unseen"));
  }

  decorate() {
    let before = null;
    for (const message of this.list.querySelectorAll("[data-seq]")) {
      place(message, before, this.viewer);
      before = message;
    }
  }
}

customElements.define("chat-log", ChatLog);
