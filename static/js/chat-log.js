// <chat-log>: a conversation's messages. The server's HTML is the same for everyone; what depends on the viewer or on the
// neighbours is set here as attributes, for CSS (see neighbours.js). Which messages are shown is log-window.js's, which
// changes of the room they have log-versions.js's, and where one reads log-place.js's.

import { Folds } from "./folds.js";
import { LogLinks } from "./log-links.js";
import { ANCHORS, goTo, hold, placeOf } from "./log-place.js";
import { LogVersions } from "./log-versions.js";
import { LogWindow, MOST } from "./log-window.js";
import { place } from "./neighbours.js";
import { Seeing } from "./seeing.js";

const NEAR = 120; // px from the end that count as being there

let left = null; // where one read, in a log that is replaced by a fresh one

// Goes there once the old log is gone, which takes half of the room until then.
function resume() {
  const log = left && !left.log.isConnected && document.getElementById(left.log.id);
  if (!log) return;
  goTo(log, (log.back = left.place));
  if (left.focused) log.focus({ preventScroll: true });
  left = null;
}

class ChatLog extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector(".messages");
    this.address = this.list.getAttribute("hx-get").replace(/messages\/$/, "");
    this.viewer = this.closest("[data-viewer]")?.dataset.viewer;
    this.unseen = 0; // messages that were said while one was away from the end
    this.ends = new AbortController();
    const signal = this.ends.signal;
    this.seeing = new Seeing(this, this.list);
    this.links = new LogLinks(this, signal);
    this.folds = new Folds(this);
    this.decorate();
    this.window = new LogWindow(this, signal);
    this.versions = new LogVersions(this, signal);
    document.addEventListener("blocked", () => this.keep(() => {}), { signal });
    this.addEventListener("scroll", () => this.moved(), { signal, passive: true });
    this.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("htmx:before:swap", (event) => this.swapped(event), { signal });
    document.addEventListener("htmx:finally:swap", () => this.settled(), { signal, once: true });
    this.changes = new MutationObserver(() => this.changed());
    this.changes.observe(this.list, { childList: true });
    this.seeing.start();
    this.begin();
    this.moved();
  }

  disconnectedCallback() {
    this.ends.abort();
    this.changes.disconnect();
    this.seeing.stop();
    resume();
  }

  get messages() {
    return [...this.list.querySelectorAll(":scope > [data-seq]")];
  }

  messageAt(seq) {
    return this.list.querySelector(`:scope > [data-seq="${seq}"]`);
  }

  // The end of a column-reverse box is where scrollTop is 0; above it, it is negative.
  get atEnd() {
    return this.scrollTop > -NEAR && this.window.reachesNewest;
  }

  get isAway() {
    return -this.scrollTop > this.clientHeight || !this.window.reachesNewest;
  }

  get place() {
    return placeOf(this);
  }

  // Where a permalink leads; or where one read before the log was replaced; else the end.
  begin() {
    const here = this.list.querySelector(".here");
    if (here) this.links.find(here.nextElementSibling);
    here?.remove();
    resume();
  }

  // Where elements of the same ids took the place of others, htmx sets the server's attributes once more.
  settled() {
    this.decorate();
    if (this.back) goTo(this, this.back);
    this.back = null;
  }

  swapped({ detail: { tasks } }) {
    if (!ANCHORS && !this.atEnd && tasks.some(({ target }) => target === `#${this.list.id}`)) this.release = hold(this);
    if (!tasks.some(({ fragment }) => fragment.querySelector?.(`#${this.id}`))) return;
    left = this.atEnd ? null : { log: this, focused: this.contains(document.activeElement), place: this.place };
  }

  key(event) {
    if (event.key !== "End" || event.target.matches("input, textarea") || this.window.reachesNewest) return;
    event.preventDefault();
    this.toEnd();
  }

  moved() {
    if (this.atEnd) this.unseen = 0;
    this.dispatchEvent(new Event("moved"));
  }

  async toEnd() {
    const from = this.atEnd ? null : this.place;
    if (!this.window.reachesNewest) await this.window.open("");
    if (!this.isConnected) return;
    this.links.leaveMessage(from);
    this.scrollTop = 0;
    this.moved();
  }

  // Puts in or takes away, without moving what is read, nor reading it out.
  keep(change) {
    const release = hold(this);
    this.ariaBusy = "true";
    change();
    this.decorate();
    release();
    setTimeout(() => (this.ariaBusy = null));
  }

  put(messages, version) {
    for (const message of messages) this.versions.meet(message);
    this.versions.backTo(version);
    this.moved();
  }

  // Somebody said something new, which is about to be shown if the window reaches so far.
  said({ dataset: { author, seq } }) {
    this.dispatchEvent(new CustomEvent("said", { detail: { author, seq } }));
    this.follows ||= this.window.reachesNewest && (this.atEnd || author === this.viewer);
    if (!this.follows && author !== this.viewer) this.unseen += 1;
    this.dispatchEvent(new Event("moved"));
  }

  changed() {
    if (this.messages.length > MOST) this.keep(() => this.window.drop());
    else this.decorate();
    this.release?.();
    if (this.follows) this.toEnd();
    this.release = this.follows = null;
  }

  decorate() {
    const { messages } = this;
    let before = null;
    for (const message of messages) {
      place(message, before, this.viewer);
      before = message;
    }
    this.folds.show(messages);
  }
}

customElements.define("chat-log", ChatLog);
