// <composer-limit>: how many characters are left, where few are; and what to do about too many. Nothing is ever cut.

import { gettext, interpolate, locale, ngettext } from "./words.js";

const NEAR = 500; // characters before the limit, from which they are counted

class ComposerLimit extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.field = this.form.elements.body;
    this.button = this.form.querySelector(".send");
    this.label = this.button.getAttribute("aria-label");
    this.limit = Number(this.field.dataset.limit);
    this.field.addEventListener("input", () => this.count());
    this.count();
  }

  get over() {
    const { value } = this.field;
    if (value.length <= this.limit - NEAR) return value.length - this.limit; // a character is one or two of these
    return [...value].length - this.limit;
  }

  count() {
    const { over } = this;
    if (over === this.counted || (over <= -NEAR && !this.textContent)) return;
    this.counted = over;
    this.textContent = over > -NEAR ? (-over).toLocaleString(locale).replace("-", "−") : "";
    this.toggleAttribute("data-over", over > 0);
    const tooMany = over > 0 && interpolate(ngettext("%s character too many.", "%s characters too many.", over), [over.toLocaleString(locale)]);
    this.button.toggleAttribute("data-refuses", over > 0);
    this.button.setAttribute("aria-label", tooMany || this.label);
    this.button.title = tooMany || "";
    this.complain(tooMany && `${tooMany} ${gettext("Shorten the message, or send it in parts.")}`);
  }

  complain(text) {
    const error = document.getElementById("composer-error") ?? document.createElement("p");
    this.field.setAttribute("aria-invalid", String(Boolean(text)));
    if (!text) return error.remove();
    Object.assign(error, { className: "composer-error", id: "composer-error", textContent: text });
    if (error.isConnected) return;
    error.setAttribute("role", "alert");
    this.field.setAttribute("aria-describedby", "composer-error");
    this.form.before(error);
  }
}

customElements.define("composer-limit", ComposerLimit);
