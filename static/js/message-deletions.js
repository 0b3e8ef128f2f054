// <message-deletions>: deletes one's own message at once, and offers for some seconds to take that back.

import { ask, put } from "./ask.js";
import { gettext } from "./words.js";

class MessageDeletions extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    this.room = this.closest(".room");
    this.toasts = this.room.querySelector("toast-lines");
    this.room.addEventListener("message:delete", ({ target, detail }) => this.delete(target, detail), { signal: this.ends.signal });
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  async delete(message, detail) {
    if (message.ariaBusy === "true") return;
    message.ariaBusy = "true";
    const { text, reason } = await ask(`${detail.url}deletion/`, {});
    message.ariaBusy = null;
    if (reason) {
      const away = this.toasts.say(`${gettext("Not deleted.")} ${reason}`, gettext("Try again"), () => (away(), this.delete(message, detail)));
      return;
    }
    put(text);
    this.offer(gettext("Message deleted."), message.id, detail);
  }

  offer(words, id, detail) {
    const away = this.toasts.say(words, gettext("Undo"), () => (away(), this.restore(id, detail)));
  }

  async restore(id, detail) {
    const { text, reason } = await ask(`${detail.url}deletion/undo/`, {});
    if (reason) return this.offer(`${gettext("Not undone.")} ${reason}`, id, detail);
    put(text);
    const message = document.getElementById(id);
    if (!message || document.activeElement !== document.body) return;
    message.tabIndex = -1;
    message.focus({ preventScroll: true });
  }
}

customElements.define("message-deletions", MessageDeletions);
