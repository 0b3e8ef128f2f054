// Tells the server how far a log was really seen: messages that were in sight, on a page that somebody has in front of them; once
// a second at most. A word is [known, seq]: the furthest that this page ever knew to be read, and what it shows. So a page does
// not read again what was put back to unread after it had been read, here or elsewhere; one that is opened anew does.

import { send } from "./live.js";

const PACE = 1000; // ms between two words
const ENOUGH = 0.5; // of the message, or of the view, if the message is longer
const STEPS = Array.from({ length: 41 }, (_, step) => step / 40); // a message of twenty screens is looked at often enough

export const isWatched = () => !document.hidden && document.hasFocus();

const seqOf = (message) => Number(message.dataset.seq);

export class Seeing {
  constructor(log, list) {
    Object.assign(this, { log, list, room: list.id.split("-")[1] });
    this.known = Number(list.dataset.read ?? 0);
    this.seen = this.said = 0;
    this.saidAt = -PACE;
    this.inSight = new Set();
  }

  start() {
    this.ends = new AbortController();
    const { signal } = this.ends;
    this.sight = new IntersectionObserver((entries) => this.looked(entries), { root: this.log, threshold: STEPS });
    this.came = new MutationObserver((records) => records.forEach(({ addedNodes }) => this.observe(addedNodes)));
    this.read = new MutationObserver((records) => this.learn(records));
    this.observe(this.list.children);
    this.came.observe(this.list, { childList: true });
    this.read.observe(document.getElementById("sidebar"), { subtree: true, attributeFilter: ["data-read"] });
    window.addEventListener("focus", () => this.look(), { signal });
    document.addEventListener("visibilitychange", () => this.look(), { signal });
    document.addEventListener("live:open", () => this.sayAgain(), { signal });
  }

  stop() {
    this.ends.abort();
    for (const observer of [this.sight, this.came, this.read]) observer.disconnect();
    clearTimeout(this.timer);
  }

  observe(nodes) {
    for (const node of nodes) if (node.dataset?.seq) this.sight.observe(node);
  }

  looked(entries) {
    for (const { target, intersectionRatio, intersectionRect, rootBounds } of entries) {
      const seen = intersectionRatio >= ENOUGH || intersectionRect.height >= rootBounds?.height * ENOUGH;
      if (seen) this.inSight.add(target);
      else this.inSight.delete(target);
    }
    this.look();
  }

  // What the sidebar learns is read, wherever that was. What it says when this starts may be older than the log.
  learn(records) {
    for (const { target } of records) {
      if (target.id === `conversation-${this.room}`) this.known = Math.max(this.known, Number(target.dataset.read));
    }
  }

  // What was said last, and is not known to have arrived.
  sayAgain() {
    this.said = Math.min(this.said, this.known);
    this.look();
  }

  look() {
    if (isWatched()) {
      this.seen = Math.max(this.seen, ...[...this.inSight].map(seqOf));
      this.log.dispatchEvent(new CustomEvent("seen", { detail: { seq: this.seen } }));
    }
    this.timer ??= setTimeout(() => this.tell(), Math.max(0, this.saidAt + PACE - performance.now()));
  }

  tell() {
    this.timer = null;
    if (this.seen <= this.said || !send({ seen: { [this.room]: [this.known, this.seen] } })) return;
    this.said = this.seen;
    this.saidAt = performance.now();
  }
}
