// <unread-line room="42">: the line "New messages" where reading stopped, and a button that leads there while it is above the view.
// The line stays until one writes, leaves, or marks as read. Also marks as unread, for the room's menu and for `message:unread`.

import { ask } from "./ask.js";
import { isComposing } from "./keyboard.js";
import { isWatched } from "./seeing.js";
import { gettext, interpolate, ngettext } from "./words.js";

const JUMP = { block: "start", behavior: "instant" }; // a smooth one is overtaken by what comes in

class UnreadLine extends HTMLElement {
  connectedCallback() {
    this.room = this.closest(".room");
    this.viewer = this.closest("[data-viewer]").dataset.viewer;
    this.form = this.querySelector("form");
    this.jump = this.form.querySelector("a");
    this.ends = new AbortController();
    const on = (target, name, act, options) => target.addEventListener(name, act, { signal: this.ends.signal, ...options });
    on(this.room, "seen", ({ detail }) => this.seen(detail.seq), { capture: true });
    on(this.room, "message:unread", ({ detail }) => this.putBack(Number(detail.seq)));
    on(this.room, "submit", (event) => event.target.matches(".put-back") && this.putLastBack(event));
    on(this, "click", (event) => event.target === this.jump && this.goThere(event), { capture: true }); // before htmx
    on(this.form, "submit", (event) => (event.preventDefault(), this.markRead()));
    on(document, "submit", ({ target }) => target.matches(".read-all") && this.forget(this.last), { capture: true });
    on(document, "keydown", (event) => this.key(event));
    on(document, "live:open", () => this.complain(""));
    on(document, "htmx:after:swap", () => this.list !== this.listNow && this.begin());
    this.sight = new IntersectionObserver((entries) => this.passed(entries.at(-1)));
    this.begin();
    queueMicrotask(() => this.openAtLine());
  }

  disconnectedCallback() {
    this.ends.abort();
    this.sight.disconnect();
    this.changes.disconnect();
  }

  get listNow() {
    return this.room.querySelector(".messages:not(.outbox)");
  }

  get log() {
    return this.list.closest("chat-log");
  }

  // A log, or the fresh one that replaced it. The line stands above the message after `read`.
  begin() {
    this.changes?.disconnect();
    this.list = this.listNow;
    this.changes = new MutationObserver((records) => this.changed(records.flatMap((record) => [...record.addedNodes])));
    this.changes.observe(this.list, { childList: true });
    const seqs = [...this.list.querySelectorAll("[data-seq]")].map(({ dataset }) => Number(dataset.seq));
    this.last = Math.max(0, Number(this.list.dataset.newest ?? 0), ...seqs);
    this.seenTo = this.read = Number(this.list.dataset.read);
    this.shown = this.last > this.read;
    this.show();
  }

  changed(nodes) {
    for (const { dataset } of nodes) if (Number(dataset?.seq) > this.last) this.came(Number(dataset.seq), dataset.author);
    this.show();
  }

  // What somebody is looking at is no news to them. Else the line goes to where they stopped.
  came(seq, author) {
    this.last = seq;
    if (author === this.viewer) return this.forget(seq);
    const looksOn = isWatched() && this.log.atEnd;
    if (looksOn && !this.shown) this.read = seq;
    if (looksOn || (this.shown && this.seenTo < seq - 1)) return;
    Object.assign(this, { read: seq - 1, shown: true });
  }

  show() {
    const old = this.list.querySelector("[data-new]");
    const first = this.shown ? this.list.querySelector(`[data-seq="${this.read + 1}"]`) : null;
    if (old !== first) old?.removeAttribute("data-new");
    if (old !== first || !first) this.sight.disconnect();
    if (first && old !== first) {
      first.dataset.new = gettext("New messages");
      this.sight.observe(first);
    }
    if (!first) this.form.hidden = !(this.shown && Number(this.list.querySelector("[data-seq]")?.dataset.seq) > this.read);
    const count = this.last - this.read;
    this.jump.textContent = interpolate(ngettext("%s new message", "%s new messages", count), [count]);
    this.jump.href = `/rooms/${this.getAttribute("room")}/messages/${this.read + 1}/`;
  }

  // Somebody looks: at the line too, if it is in sight, and need not be led there any more.
  seen(seq) {
    this.seenTo = Math.max(this.seenTo, seq);
    if (this.inSight) this.visited = this.inSight;
  }

  passed({ target, isIntersecting, boundingClientRect }) {
    this.inSight = isIntersecting ? target.dataset.seq : null;
    if (isWatched()) this.seen(0);
    const above = target.isConnected && boundingClientRect.top < this.log.getBoundingClientRect().top;
    this.form.hidden = isIntersecting || !above || this.visited === target.dataset.seq;
  }

  // Where there is more unread than fits, one begins to read where one stopped; a permalink leads elsewhere.
  openAtLine() {
    const first = this.list.querySelector("[data-new]");
    if (!first || location.hash || this.list.querySelector("[data-found]")) return;
    if (first.getBoundingClientRect().top < this.log.getBoundingClientRect().top) first.scrollIntoView(JUMP);
  }

  goThere(event) {
    const first = this.list.querySelector("[data-new]");
    if (!first) return; // the link leads to it
    event.preventDefault();
    event.stopPropagation();
    first.scrollIntoView(JUMP);
    this.log.focus({ preventScroll: true });
  }

  // Escape, unless it is for something else that is open or being filled in.
  key(event) {
    const { key, target, defaultPrevented } = event;
    if (key !== "Escape" || defaultPrevented || isComposing(event) || !this.shown || document.querySelector("dialog[open], :popover-open")) return;
    if (!target.closest?.("form:not(.composer, .unread-jump), details[open]")) this.markRead();
  }

  forget(seq) {
    Object.assign(this, { read: seq, shown: false });
    this.show();
  }

  async markRead() {
    const [last, behind] = [this.last, this.seenTo < this.last];
    if (!behind || (await this.tell(this.form.action, { room: this.getAttribute("room") }))) this.forget(last);
  }

  async putBack(seq) {
    if (!(await this.tell(this.form.dataset.unread, { seq }))) return;
    Object.assign(this, { read: seq - 1, shown: true, visited: String(seq) });
    this.show();
  }

  putLastBack(event) {
    event.preventDefault();
    event.target.closest("details").open = false;
    if (this.last) this.putBack(this.last);
  }

  async tell(action, fields) {
    const { reason } = await ask(action, fields);
    this.complain(reason ? gettext("That did not work. Try again when you are connected.") : "");
    return !reason;
  }

  complain(text) {
    this.querySelector(".unread-trouble").textContent = text;
  }
}

customElements.define("unread-line", UnreadLine);
