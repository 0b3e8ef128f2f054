// <room-here room="42">: how many of the members are here now.

import { follow } from "./states.js";
import { interpolate, ngettext } from "./words.js";

// So many, after what stands before.
const here = (count) => (Number(count) ? ` · ${interpolate(ngettext("%s here", "%s here", Number(count)), [count])}` : "");

class RoomHere extends HTMLElement {
  static observedAttributes = ["room"];

  connectedCallback() {
    this.unfollow?.();
    this.unfollow = follow(`here:${this.getAttribute("room")}`, (count) => (this.textContent = here(count)));
  }

  disconnectedCallback() {
    this.unfollow?.();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.connectedCallback();
  }
}

customElements.define("room-here", RoomHere);
