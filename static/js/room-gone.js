// <room-gone room="42">: stands on each page of a room. When the room may no longer be read, what it holds takes the pane's place
// at once: the messages, and all else that was the room's, are gone from the page.

import { isKept } from "./outbox.js";

class RoomGone extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    document.addEventListener("live:refused", ({ detail }) => this.refused(detail.tags), { signal: this.ends.signal });
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  refused(tags) {
    const room = this.getAttribute("room");
    if (!tags.some((tag) => ["room", "rooms", "members"].some((type) => tag === `${type}:${room}`))) return;
    const gone = this.querySelector("template").content.cloneNode(true).firstElementChild;
    gone.querySelector(".kept").hidden = !isKept(room);
    const pane = document.getElementById("pane");
    pane.replaceChildren(gone);
    htmx.process(pane);
    pane.querySelector("h1").focus();
    // Who was removed is told why. An open room can be entered again; of a closed one there is nothing to see.
    this.fill(gone.querySelector(".gone-why"), `/rooms/${room}/parting/`);
    this.fill(gone.querySelector(".gone-door"), `/rooms/${room}/preview/`);
  }

  async fill(place, address) {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
    const text = answer?.ok ? await answer.text() : "";
    if (text && place.isConnected) htmx.swap({ sourceElement: place, target: place, swap: "innerHTML", text });
  }
}

customElements.define("room-gone", RoomGone);
