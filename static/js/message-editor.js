// <message-editor>: a message's text while its author changes it. It keeps what is typed until the server has it, over a reload too.
// It says `closed` ({meanwhile}) when it is done; <message-edits> gives it its place.

import { isComposing } from "./keyboard.js";
import { ask, put } from "./ask.js";
import { gettext, interpolate, locale, ngettext } from "./words.js";

export class MessageEditor extends HTMLElement {
  // `draft`: what was typed before the page was loaded anew.
  begin({ url, draftKey, shown, draft }) {
    Object.assign(this, { url, draftKey, shown, original: null });
    this.field = this.querySelector("textarea");
    this.error = this.querySelector(".composer-error");
    this.field.value = draft ?? shown;
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.querySelector("form").addEventListener("submit", (event) => (event.preventDefault(), this.save()));
    this.querySelector("[name=cancel]").addEventListener("click", () => this.close());
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    if (draft === undefined) this.load();
    else this.ready = true;
  }

  // The HTML is formatted: how it was typed, the server knows. Until it says so one types into what is shown.
  async load() {
    if (this.loading) return;
    this.complain("");
    this.loading = true;
    this.ariaBusy = "true";
    const { text, reason } = await ask(`${this.url}text/`);
    this.loading = false;
    this.ariaBusy = null;
    if (reason) return this.complain(`${gettext("The text could not be fetched.")} ${reason}`);
    this.ready = true;
    this.original = text;
    this.take(text);
    if (this.hurried) this.save();
  }

  take(text) {
    const { value, selectionStart } = this.field;
    if (text === this.shown) return;
    const more = value.startsWith(this.shown) && value.slice(this.shown.length);
    if (more === false) return; // what was changed within it stays as it was typed
    this.field.value = text + more;
    const end = this.field.value.length;
    const start = selectionStart < this.shown.length ? end : selectionStart - this.shown.length + text.length;
    this.field.setSelectionRange(start, start);
  }

  typed() {
    try {
      sessionStorage.setItem(this.draftKey, this.field.value);
    } catch {
      // Storage is full or forbidden: the field itself holds the text.
    }
    const over = [...this.field.value].length - Number(this.dataset.limit);
    const tooMany = interpolate(ngettext("%s character too many.", "%s characters too many.", over), [over.toLocaleString(locale)]);
    this.complain(over > 0 ? `${tooMany} ${gettext("Shorten the message.")}` : "");
  }

  complain(text) {
    this.error.textContent = text;
    this.error.hidden = !text;
    this.field.ariaInvalid = text ? "true" : null;
  }

  key(event) {
    if (isComposing(event) || (event.key !== "Escape" && event.key !== "Enter")) return;
    const newLine = event.key === "Enter" && (event.shiftKey || matchMedia("(pointer: coarse)").matches);
    if (newLine) return; // a phone's keyboard has no Shift+Enter
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") this.close();
    else this.save();
  }

  async save() {
    if (this.field.readOnly) return;
    const body = this.field.value;
    this.hurried = !this.ready && body !== this.shown; // saved as soon as the text is there
    if (!this.ready) return this.load();
    if (body === this.original) return this.close();
    if (!body.trim()) return this.complain(gettext("Write something, or delete the message."));
    this.typed();
    if (!this.error.hidden) return;
    this.field.readOnly = true;
    this.ariaBusy = "true";
    const { text, reason } = await ask(`${this.url}text/`, { body });
    this.field.readOnly = false;
    this.ariaBusy = null;
    if (reason) return this.complain(`${gettext("Not saved.")} ${reason} ${gettext("Your text is kept here.")}`);
    this.close(() => put(text));
  }

  close(meanwhile = () => {}) {
    sessionStorage.removeItem(this.draftKey);
    this.dispatchEvent(new CustomEvent("closed", { bubbles: true, detail: { meanwhile } }));
  }
}

customElements.define("message-editor", MessageEditor);
