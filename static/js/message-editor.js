// <message-editor>: a message's text while its author changes it. It keeps what is typed until the server has it, over a reload too.
// It says `edited` when the server has it, and `closed` when it is done; <message-edits> gives it its place.

import { ask, put } from "./own-request.js";
import { gettext, interpolate } from "./words.js";

export class MessageEditor extends HTMLElement {
  // `draft`: what was typed before the page was loaded anew.
  begin({ url, draftKey, shown, draft }) {
    Object.assign(this, { url, draftKey, original: null });
    this.field = this.querySelector("textarea");
    this.error = this.querySelector(".composer-error");
    this.field.value = draft ?? shown;
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.querySelector("form").addEventListener("submit", (event) => (event.preventDefault(), this.save()));
    this.querySelector("[name=cancel]").addEventListener("click", () => this.close());
    if (draft === undefined) this.load();
    else this.ready = true;
  }

  get waiting() {
    return this.ariaBusy === "true";
  }

  set waiting(waiting) {
    this.ariaBusy = waiting ? "true" : null;
    this.field.readOnly = waiting;
  }

  // The HTML is formatted: how it was typed, the server knows.
  async load() {
    this.complain("");
    this.waiting = true;
    const { text, reason } = await ask(`${this.url}text/`);
    this.waiting = false;
    this.field.readOnly = Boolean(reason);
    if (reason) return this.complain(`${gettext("The text could not be fetched.")} ${reason}`);
    this.ready = true;
    this.original = text;
    this.field.value = text;
    this.field.setSelectionRange(text.length, text.length);
  }

  typed() {
    try {
      sessionStorage.setItem(this.draftKey, this.field.value);
    } catch {
      // Storage is full or forbidden: the field itself holds the text.
    }
    const over = [...this.field.value].length - Number(this.dataset.limit);
    this.complain(over > 0 ? interpolate(gettext("%s characters too many. Shorten the message."), [over]) : "");
  }

  complain(text) {
    this.error.textContent = text;
    this.error.hidden = !text;
    this.field.ariaInvalid = text ? "true" : null;
  }

  key(event) {
    if (event.isComposing || (event.key !== "Escape" && event.key !== "Enter")) return;
    const newLine = event.key === "Enter" && (event.shiftKey || matchMedia("(pointer: coarse)").matches);
    if (newLine) return; // a phone's keyboard has no Shift+Enter
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") this.close();
    else this.save();
  }

  async save() {
    if (this.waiting) return;
    if (!this.ready) return this.load();
    const body = this.field.value;
    if (body === this.original) return this.close();
    if (!body.trim()) return this.complain(gettext("Write something, or delete the message."));
    this.typed();
    if (!this.error.hidden) return;
    this.waiting = true;
    const { text, reason } = await ask(`${this.url}text/`, { body });
    this.waiting = false;
    if (reason) return this.complain(`${gettext("Not saved.")} ${reason} ${gettext("Your text is kept here.")}`);
    this.close(() => put(text));
  }

  close(meanwhile = () => {}) {
    sessionStorage.removeItem(this.draftKey);
    this.dispatchEvent(new CustomEvent("closed", { bubbles: true, detail: { meanwhile } }));
  }
}

customElements.define("message-editor", MessageEditor);
