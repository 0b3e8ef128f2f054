// <room-here room="42">: how many of the members are here now.

import { follow } from "./states.js";

class RoomHere extends HTMLElement {
  static observedAttributes = ["room"];

  connectedCallback() {
    this.unfollow?.();
    this.unfollow = follow(`here:${this.getAttribute("room")}`, (count) => (this.textContent = count ? ` · ${count} here` : ""));
  }

  disconnectedCallback() {
    this.unfollow?.();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.connectedCallback();
  }
}

customElements.define("room-here", RoomHere);
