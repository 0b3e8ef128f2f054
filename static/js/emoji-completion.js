// <emoji-completion>: what ":smi" may become, as a list above the composer; ":smile:" becomes it by itself.

import { byName, find, insert } from "./emoji.js";
import { isComposing } from "./keyboard.js";

const LONGEST = 48; // characters of a name that are looked back for
const PART = /(?:^|[^\w:/])(:([a-z0-9_+-]{2,}))$/i;
const WHOLE = /(?:^|[^\w:/])(:([a-z0-9_+-]{2,}):)$/i;
const STEPS = { ArrowUp: -1, ArrowDown: 1 };

class EmojiCompletion extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("[role=listbox]");
    this.form = this.closest("form");
    this.field = this.form.elements.body;
    this.field.setAttribute("aria-autocomplete", "list");
    this.field.setAttribute("aria-controls", this.list.id);
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("blur", () => this.close());
    this.form.addEventListener("keydown", (event) => this.key(event), { capture: true }); // before Enter sends
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", ({ target }) => this.choose(target.closest("[role=option]")));
  }

  // The text before the caret, where nothing is selected.
  get before() {
    const { selectionStart, selectionEnd, value } = this.field;
    return selectionStart === selectionEnd ? value.slice(Math.max(0, selectionEnd - LONGEST), selectionEnd) : "";
  }

  async typed() {
    const { before } = this;
    const [, whole, name] = WHOLE.exec(before) ?? [];
    const [, part, start] = PART.exec(before) ?? [];
    if (!part) this.close();
    try {
      if (whole) await this.replace(whole, name.toLowerCase(), before);
      else if (part) await this.offer(await find(this.dataset.source, start.toLowerCase()), before);
    } catch {
      this.close(); // offline, say: the colons stay as they are
    }
  }

  async replace(written, name, before = this.before) {
    const unicode = await byName(this.dataset.source, name);
    if (unicode && this.before === before) insert(this.field, unicode, this.field.selectionStart - written.length);
  }

  offer(found, before) {
    if (this.before !== before) return;
    if (!found.length || document.activeElement !== this.field) return this.close();
    this.list.replaceChildren(...found.map((emoji, index) => this.option(emoji, index)));
    this.list.hidden = false;
    this.select(this.list.firstElementChild);
  }

  option({ name, unicode }, index) {
    const option = document.createElement("li");
    Object.assign(option, { id: `emoji-option-${index}`, role: "option", textContent: `:${name}:` });
    option.dataset.name = name;
    option.dataset.emoji = unicode;
    return option;
  }

  select(chosen) {
    for (const option of this.list.children) option.setAttribute("aria-selected", String(option === chosen));
    this.field.setAttribute("aria-activedescendant", chosen.id);
  }

  get selected() {
    return this.list.querySelector("[aria-selected=true]");
  }

  key(event) {
    if (this.list.hidden || isComposing(event) || event.target !== this.field) return;
    const step = STEPS[event.key];
    const options = [...this.list.children];
    if (step) this.select(options.at((options.indexOf(this.selected) + step) % options.length));
    else if (event.key === "Enter" || event.key === "Tab") this.choose(this.selected);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(option) {
    const [, part] = PART.exec(this.before) ?? [];
    this.close();
    if (option && part) this.replace(part, option.dataset.name);
  }

  close() {
    this.list.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }
}

customElements.define("emoji-completion", EmojiCompletion);
