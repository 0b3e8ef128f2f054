// <held-messages>: what one said and a moderator looks at first. Taken back, or not let through, its text goes to where one writes.

import { ask } from "./ask.js";

class HeldMessages extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    this.addEventListener("submit", (event) => this.submit(event), { signal: this.ends.signal });
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  async submit(event) {
    event.preventDefault();
    const { target: form, submitter } = event;
    const item = form.closest("li");
    submitter.disabled = true;
    const { reason } = await ask(form.action, {});
    submitter.disabled = false;
    if (reason) return (item.querySelector(".held-reason").textContent = reason);
    const room = this.closest(".room");
    if (submitter.name === "back") room.querySelector("chat-composer").takeBack(item.querySelector(".held-text").textContent);
    item.remove(); // the server's list follows
  }
}

customElements.define("held-messages", HeldMessages);
