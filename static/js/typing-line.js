// <typing-line tag="room:42">: who is typing there. Heard from the others' pages, and forgotten when they say no more.

import { around, gettext } from "./words.js";

const SILENCE = 5000; // ms

class TypingLine extends HTMLElement {
  connectedCallback() {
    this.names = new Map(); // by person
    this.timers = new Map();
    this.ends = new AbortController();
    const { signal } = this.ends;
    this.viewer = this.closest("[data-viewer]").dataset.viewer;
    document.addEventListener("live:typing", ({ detail }) => this.hear(detail[this.getAttribute("tag")] ?? {}), { signal });
    document.addEventListener("live:closed", () => [...this.names.keys()].forEach((person) => this.end(person)), { signal });
    // What they were typing is there.
    this.closest(".room").addEventListener("said", ({ detail }) => this.end(detail.author), { signal, capture: true });
  }

  disconnectedCallback() {
    this.ends.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  hear(people) {
    for (const [person, name] of Object.entries(people)) {
      if (person === this.viewer) continue; // in another tab
      if (!name) this.end(person);
      else this.begin(person, name);
    }
  }

  begin(person, name) {
    this.names.set(person, name);
    clearTimeout(this.timers.get(person));
    this.timers.set(person, setTimeout(() => this.end(person), SILENCE));
    this.show();
  }

  end(person) {
    clearTimeout(this.timers.get(person));
    this.timers.delete(person);
    if (this.names.delete(person)) this.show();
  }

  show() {
    const names = [...this.names.values()].map((name) => Object.assign(document.createElement("bdi"), { textContent: name }));
    if (!names.length) this.replaceChildren();
    else if (names.length === 1) this.replaceChildren(...around(gettext("%s is typing …"), names));
    else if (names.length === 2) this.replaceChildren(...around(gettext("%s and %s are typing …"), names));
    else this.replaceChildren(gettext("Several people are typing …"));
  }
}

customElements.define("typing-line", TypingLine);
