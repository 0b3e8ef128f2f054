// <message-announcer>: says to a screen reader what others say in this room. The log itself is silent: it would read out the pages of
// history that are put in above, and each change of what was said before.

import { heardOf } from "./line-words.js";
import { interpolate, ngettext } from "./words.js";

const GATHERED = 300; // ms; what comes at once is said at once
const MOST = 3; // messages that are read out; of more it is said how many they are

class MessageAnnouncer extends HTMLElement {
  connectedCallback() {
    const room = this.closest(".room");
    this.viewer = this.closest("[data-viewer]").dataset.viewer;
    this.ends = new AbortController();
    this.waiting = []; // seqs
    room.addEventListener("said", ({ target, detail }) => this.heard(target, detail), { signal: this.ends.signal, capture: true });
  }

  disconnectedCallback() {
    this.ends.abort();
    clearTimeout(this.timer);
  }

  heard(log, { author, seq }) {
    if (author === this.viewer) return;
    this.waiting.push(seq);
    this.timer ??= setTimeout(() => this.say(log), GATHERED);
  }

  say(log) {
    const count = this.waiting.length;
    const shown = this.waiting.map((seq) => log.messageAt(seq));
    this.waiting = [];
    this.timer = null;
    const counted = count > MOST || shown.includes(null); // who reads the past has not got them on the page
    const lines = counted ? [interpolate(ngettext("%s new message", "%s new messages", count), [count])] : shown.map(inWords);
    this.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line, dir: "auto" })));
  }
}

function inWords(message) {
  if (message.dataset.event) return heardOf(message);
  return `${message.querySelector(".message-author").textContent}: ${message.querySelector(".message-body").innerText}`;
}

customElements.define("message-announcer", MessageAnnouncer);
