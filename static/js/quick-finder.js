// <quick-finder>: a list over the page of where one may want to go. Opened by Ctrl/⌘-K from everywhere, or by the field at the top
// of the sidebar. The server finds; here is what the keyboard does with it.

import { isCommand, isComposing, nameKeys } from "./keyboard.js";
import { askedToWait } from "./patience.js";
import { gettext } from "./words.js";

const PAUSE = 120; // ms without a key until it is asked for
const LATE = 300; // ms until it is said that the answer is on its way
const STEPS = { ArrowUp: -1, ArrowDown: 1 };

class QuickFinder extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.field = this.querySelector("[role=combobox]");
    this.list = this.querySelector("[role=listbox]");
    this.state = this.querySelector(".finder-state");
    this.again = this.querySelector(".finder-retry");
    this.ends = new AbortController();
    const { signal } = this.ends;
    document.addEventListener("keydown", (event) => this.called(event), { signal, capture: true });
    this.field.addEventListener("input", () => this.typed(), { signal });
    this.field.addEventListener("keydown", (event) => this.key(event), { signal });
    this.list.addEventListener("pointermove", ({ target }) => this.select(target.closest("[role=option]")), { signal });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal }); // the field keeps the focus
    this.list.addEventListener("click", (event) => this.chosen(event), { signal });
    this.again.addEventListener("click", () => (this.field.focus(), this.ask()), { signal });
    this.querySelector(".finder-close").addEventListener("click", () => this.dialog.close(), { signal });
    this.dialog.addEventListener("click", ({ target }) => target === this.dialog && this.dialog.close(), { signal });
    this.dialog.addEventListener("close", () => this.stop(), { signal });
    this.opener = document.querySelector(".find-field input");
    nameKeys(this.opener.form);
    this.opener.addEventListener("click", () => this.open(), { signal });
    this.opener.addEventListener("input", () => this.open(this.opener.value), { signal });
    this.opener.form.addEventListener("submit", (event) => (event.preventDefault(), event.stopPropagation(), this.open()), { signal, capture: true });
  }

  disconnectedCallback() {
    this.ends.abort();
    this.stop();
  }

  called(event) {
    if (!isCommand(event, "k") || event.isComposing) return;
    event.preventDefault(); // a browser's own search
    event.stopPropagation();
    this.open();
  }

  open(text = "") {
    this.opener.value = "";
    if (this.dialog.open) return this.field.select();
    this.list.replaceChildren();
    this.answered = null;
    this.dialog.showModal();
    this.field.value = text;
    this.field.focus();
    this.ask();
  }

  // What was asked for is no longer waited for. The list stays until it is opened again: htmx may be following its link.
  stop() {
    clearTimeout(this.pause);
    clearTimeout(this.late);
    this.asked?.abort();
  }

  typed() {
    this.stop();
    this.pause = setTimeout(() => this.ask(), Math.max(PAUSE, (this.notBefore ?? 0) - performance.now()));
  }

  async ask() {
    this.stop();
    const { signal } = (this.asked = new AbortController());
    const query = this.field.value;
    this.show("");
    this.late = setTimeout(() => this.show(gettext("Searching …")), LATE);
    const text = await this.fetch(query, signal).catch(() => null);
    if (signal.aborted) return; // another was asked for since
    clearTimeout(this.late);
    if (text === undefined) return (this.typed(), this.show(gettext("That was a lot of searches at once. One moment …")));
    this.show(text === null ? gettext("The chat could not search just now.") : "", text === null);
    if (text === null) return (this.list.replaceChildren(), this.select(null));
    this.answered = query;
    this.list.innerHTML = text; // htmx's own swap would take a moment, and put back what it found selected
    this.state.append(...this.list.querySelectorAll(".found-nothing")); // where it is read out
    if (!this.options.length) this.list.replaceChildren();
    htmx.process(this.list);
    this.list.scrollTop = 0;
    this.select(this.options[0]);
  }

  // Resolves to what was found, to null if it failed, and to undefined if the server asked to wait.
  async fetch(query, signal) {
    const answer = await fetch(`${this.dataset.url}?${new URLSearchParams({ q: query })}`, { headers: { "HX-Request": "true" }, signal });
    if (answer.status === 401) location.reload(); // signed out: the page leads to the log-in
    const asked = askedToWait(answer);
    this.notBefore = performance.now() + asked;
    if (asked) return undefined;
    return answer.ok ? answer.text() : null;
  }

  show(state, failed = false) {
    this.state.textContent = state;
    this.again.hidden = !failed;
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get selected() {
    return this.list.querySelector("[aria-selected=true]");
  }

  select(chosen) {
    this.field.setAttribute("aria-expanded", String(this.options.length > 0));
    if (!chosen) return this.options.length || this.field.removeAttribute("aria-activedescendant");
    for (const option of this.options) option.setAttribute("aria-selected", String(option === chosen));
    this.field.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const { options } = this;
    const to = { Home: 0, End: -1 }[event.key];
    if (STEPS[event.key]) this.select(options.at((options.indexOf(this.selected) + STEPS[event.key]) % options.length));
    else if (to !== undefined && options.length) this.select(options.at(to));
    else if (event.key === "Enter") this.enter();
    else return;
    event.preventDefault();
  }

  // Who typed and presses Enter at once means what they typed, not what was found for less of it.
  async enter() {
    const { value } = this.field;
    if (this.answered !== value) await this.ask();
    if (this.answered === value) this.selected?.click();
  }

  // The browser, or htmx in its place, follows the link or sends the form.
  chosen(event) {
    if (!event.target.closest("[role=option]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    setTimeout(() => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close())); // what was open under it, too
  }
}

customElements.define("quick-finder", QuickFinder);
