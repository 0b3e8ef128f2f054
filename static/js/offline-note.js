// <offline-note>: says where one writes that there is no connection, and that what is written is kept.

import { gettext } from "./words.js";

const PATIENCE = 2000; // ms; a reconnect after a restart is faster, and nobody needs to hear of it

class OfflineNote extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    const { signal } = this.ends;
    document.addEventListener("live:open", () => this.clear(), { signal });
    document.addEventListener("live:closed", () => this.wait(), { signal });
    addEventListener("offline", () => this.tell(), { signal });
    if (!navigator.onLine) this.tell();
    else if (!("watching" in document.documentElement.dataset)) this.wait();
  }

  disconnectedCallback() {
    this.ends.abort();
    clearTimeout(this.timer);
  }

  wait() {
    this.timer ??= setTimeout(() => this.tell(), PATIENCE);
  }

  tell() {
    this.textContent = navigator.onLine
      ? gettext("There is no connection. Messages are kept and sent when it is back.")
      : gettext("You are offline. Messages are kept and sent when you are back.");
  }

  clear() {
    clearTimeout(this.timer);
    this.timer = null;
    this.textContent = "";
  }
}

customElements.define("offline-note", OfflineNote);
