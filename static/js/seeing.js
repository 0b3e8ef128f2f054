// Tells the server how far a conversation was read: only what was in sight, of a page in front of somebody.

import { send, tagsOf } from "./live.js";

const PACE = 1000; // ms between two words to the server

export class Seeing {
  constructor(log, signal) {
    this.log = log;
    document.addEventListener("live:open", () => (this.seen = 0), { signal }); // what was said before may not have arrived
    for (const [target, name] of [[window, "focus"], [document, "visibilitychange"], [document, "live:open"]]) {
      target.addEventListener(name, () => this.see(), { signal });
    }
    signal.addEventListener("abort", () => clearTimeout(this.seeing));
  }

  see() {
    this.seeing ??= setTimeout(() => this.tell(), this.seen ? PACE : 0);
  }

  tell() {
    this.seeing = null;
    const last = Number(this.log.messages.at(-1)?.dataset.seq ?? 0);
    if (document.hidden || !document.hasFocus() || !this.log.atEnd || last <= (this.seen ?? 0)) return;
    const [tag] = Object.keys(tagsOf(this.log.list));
    if (send({ seen: { [tag.split(":")[1]]: last } })) this.seen = last;
  }
}
