// <message-takedowns>: for moderators. Deletes what somebody else said, after a dialog that asks why, and offers for some seconds to
// take that back; and puts back what any moderator deleted.

import { ask, put } from "./ask.js";
import { gettext } from "./words.js";

class MessageTakedowns extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    this.room = this.closest(".room");
    this.toasts = this.room.querySelector("toast-lines");
    this.dialog = this.querySelector("dialog");
    this.form = this.dialog.querySelector("form");
    const { signal } = this.ends;
    const on = (target, name, act) => target.addEventListener(name, act, { signal });
    on(this.room, "message:take-down", ({ target, detail }) => this.open(target, detail));
    on(this.room, "message:put-back", ({ target, detail }) => this.putBack(target.id, detail));
    on(this.form, "submit", (event) => (event.preventDefault(), this.takeDown()));
    on(this.form.elements.cancel, "click", () => this.dialog.close());
    on(this.dialog, "click", ({ target }) => target === this.dialog && this.dialog.close());
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  open(message, detail) {
    Object.assign(this, { messageId: message.id, detail });
    this.form.reset();
    this.complain("");
    this.dialog.showModal();
  }

  async takeDown() {
    if (this.form.ariaBusy === "true") return;
    const { messageId, detail } = this;
    this.form.ariaBusy = "true";
    const { text, reason } = await ask(`${detail.url}taking-down/`, { because: this.form.elements.because.value });
    this.form.ariaBusy = null;
    if (reason) return this.complain(`${gettext("Not deleted.")} ${reason}`);
    this.dialog.close();
    put(text);
    const away = this.toasts.say(gettext("Message deleted."), gettext("Undo"), () => (away(), this.putBack(messageId, detail)));
  }

  async putBack(id, detail) {
    const { text, reason } = await ask(`${detail.url}putting-back/`, {});
    if (reason) {
      const away = this.toasts.say(`${gettext("Not put back.")} ${reason}`, gettext("Try again"), () => (away(), this.putBack(id, detail)));
      return;
    }
    put(text);
    const message = document.getElementById(id);
    if (!message || document.activeElement !== document.body) return;
    message.tabIndex = -1;
    message.focus({ preventScroll: true });
  }

  complain(text) {
    const error = this.form.querySelector(".composer-error");
    error.textContent = text;
    error.hidden = !text;
  }
}

customElements.define("message-takedowns", MessageTakedowns);
