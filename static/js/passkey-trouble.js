// <passkey-trouble>: says why a passkey did not work; allauth's scripts would tell only the console.

import { gettext } from "./words.js";

class PasskeyTrouble extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    document.addEventListener("allauth.error", (event) => this.heard(event), { signal: this.ends.signal });
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  heard(event) {
    event.preventDefault();
    const { name } = event.detail.exception;
    this.textContent =
      name === "NotAllowedError" ? gettext("The passkey was not used. Please try again.")
      : name === "InvalidStateError" ? gettext("This device has a passkey for your account already.")
      : gettext("Passkeys do not work in this browser, or not at this address.");
    this.hidden = false;
  }
}

customElements.define("passkey-trouble", PasskeyTrouble);
