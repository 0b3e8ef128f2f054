// <shortcut-list>: what the keyboard can do, on `?` and from the account's menu.

import { isTyping, nameKeys } from "./keyboard.js";

class ShortcutList extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.ends = new AbortController();
    const { signal } = this.ends;
    nameKeys(this);
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    this.dialog.addEventListener("click", ({ target }) => target === this.dialog && this.dialog.close(), { signal });
    for (const button of document.querySelectorAll(".open-shortcuts")) {
      button.hidden = false;
      button.addEventListener("click", () => this.open(button), { signal });
    }
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  key(event) {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.isComposing || isTyping(event)) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.dialog.showModal();
  }

  // Closed, the focus goes back to what is in sight: the menu's own button.
  open(button) {
    const menu = button.closest("details");
    menu.open = false;
    menu.querySelector("summary").focus();
    this.dialog.showModal();
  }
}

customElements.define("shortcut-list", ShortcutList);
