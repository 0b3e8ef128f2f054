// <to-newest>: the way back to the end of the conversation, for who is away from it; says what was said there meanwhile.

import { gettext, interpolate, ngettext } from "./words.js";

class ToNewest extends HTMLElement {
  connectedCallback() {
    this.link = this.querySelector("a");
    this.ends = new AbortController();
    const signal = this.ends.signal;
    // The log may be replaced by a fresh one; its events are heard from the room.
    this.room = this.closest(".room");
    this.room.addEventListener("moved", () => this.show(), { signal, capture: true });
    this.link.addEventListener("click", (event) => this.clicked(event), { signal });
    customElements.whenDefined("chat-log").then(() => this.show());
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  get log() {
    return this.room.querySelector("chat-log");
  }

  clicked(event) {
    event.preventDefault();
    event.stopPropagation(); // or htmx follows the link
    this.log.toEnd();
  }

  show() {
    const { isAway, unseen } = this.log ?? {};
    this.link.hidden = !isAway && !unseen;
    const text = unseen
      ? interpolate(ngettext("%s new message", "%s new messages", unseen), [unseen])
      : gettext("Jump to newest");
    if (this.link.textContent !== text) this.link.textContent = text;
  }
}

customElements.define("to-newest", ToNewest);
