// <message-link>: copies the address of a message.

import { gettext } from "./words.js";

class MessageLink extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    const room = this.closest(".room");
    room.addEventListener("message:copy", ({ detail }) => this.copy(new URL(detail.url, location).href), { signal: this.ends.signal });
    this.toasts = room.querySelector("toast-lines");
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  async copy(address) {
    const done = await this.toClipboard(address);
    this.toasts.say(done ? gettext("Copied") : address);
  }

  // The clipboard exists on https and localhost only.
  async toClipboard(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return this.bySelection(text);
    }
  }

  bySelection(text) {
    const { activeElement } = document;
    const field = Object.assign(document.createElement("textarea"), { value: text, className: "sr-only" });
    this.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    activeElement?.focus({ preventScroll: true });
    return done;
  }
}

customElements.define("message-link", MessageLink);
