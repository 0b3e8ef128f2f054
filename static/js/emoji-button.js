// <emoji-button>: opens a picker above the composer, which is fetched when it is first wanted. What is chosen goes in at the caret.

import { insert } from "./emoji.js";
import { gettext } from "./words.js";

const ABOVE = 8; // px between the composer and the panel

class EmojiButton extends HTMLElement {
  connectedCallback() {
    this.panel = this.querySelector("[popover]");
    this.form = this.closest("form");
    this.panel.addEventListener("toggle", ({ newState }) => (newState === "open" ? this.open() : this.closed()));
    this.panel.addEventListener("emoji-click", ({ detail }) => this.choose(detail.unicode));
    this.hidden = false;
  }

  async open() {
    const { top, right } = this.form.getBoundingClientRect();
    this.panel.style.bottom = `${innerHeight - top + ABOVE}px`;
    this.panel.style.right = `${document.documentElement.clientWidth - right}px`;
    this.picker ??= await this.fetched();
    if (matchMedia("(pointer: fine)").matches) this.picker?.shadowRoot.getElementById("search").focus(); // no keyboard on a phone
  }

  async fetched() {
    try {
      const { makePicker } = await import("./emoji-picker.js");
      const picker = makePicker(this.dataset.source);
      this.panel.replaceChildren(picker);
      return picker;
    } catch {
      this.panel.textContent = gettext("The emoji cannot be fetched now.");
    }
  }

  // Not when the click that closed it went elsewhere on purpose.
  closed() {
    const { activeElement } = document;
    if (activeElement === document.body || this.contains(activeElement)) this.form.elements.body.focus();
  }

  choose(unicode) {
    this.panel.hidePopover();
    insert(this.form.elements.body, unicode);
  }
}

customElements.define("emoji-button", EmojiButton);
