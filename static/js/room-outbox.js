// <room-outbox room="42">: under a conversation's messages, those of the viewer that are not sent yet, or were not taken, and why.

import { put } from "./ask.js";
import { forget, lettersTo, note } from "./outbox.js";
import { carry, isUnderWay } from "./postman.js";

class RoomOutbox extends HTMLElement {
  connectedCallback() {
    this.room = this.getAttribute("room");
    this.list = this.querySelector("ol");
    this.ends = new AbortController();
    const { signal } = this.ends;
    document.addEventListener("outbox", ({ detail }) => detail.letter.room === this.room && this.heard(detail), { signal });
    addEventListener("storage", () => this.compare(), { signal }); // another tab wrote, sent or took back
    this.compare();
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  heard({ letter, html, held }) {
    if (held) return document.getElementById(`m-${letter.clientId}`)?.remove(); // it is in another list (held-messages.js)
    if (!html) return this.show(letter);
    put(html); // in the place of the pending copy
  }

  compare() {
    const letters = lettersTo(this.room);
    const kept = new Set(letters.map((letter) => `m-${letter.clientId}`));
    for (const item of [...this.list.children]) if (!kept.has(item.id) && item.dataset.state !== "sending") item.remove();
    for (const letter of letters) this.show(letter);
  }

  show(letter) {
    const shown = document.getElementById(`m-${letter.clientId}`);
    if (shown && !shown.matches(".pending")) return forget(letter); // the push came, and only the answer was lost
    const item = shown ?? this.added(letter);
    const state = isUnderWay(letter) ? "sending" : letter.reason ? "failed" : "waiting";
    if (state === "failed") item.querySelector(".reason").textContent = letter.reason;
    item.dataset.state = state;
    item.toggleAttribute("data-final", Boolean(letter.final));
  }

  added(letter) {
    const item = this.closest(".room").querySelector("chat-composer template").content.cloneNode(true).firstElementChild;
    item.id = `m-${letter.clientId}`;
    item.dataset.mine = "";
    item.dataset.at = letter.writtenAt;
    item.querySelector(".message-body").textContent = letter.body;
    item.querySelector(".retry").addEventListener("click", () => this.retry(letter));
    item.querySelector(".edit").addEventListener("click", () => this.takeBack(letter, item));
    this.list.insertBefore(item, [...this.list.children].find(({ dataset }) => Number(dataset.at) > letter.writtenAt) ?? null);
    return item;
  }

  retry(letter) {
    note(letter, { final: false });
    carry(this.room, { hurried: true });
    this.composer.focus(); // the button that had the focus is gone
  }

  takeBack(letter, item) {
    forget(letter);
    item.remove();
    this.composer.takeBack(letter.body);
  }

  get composer() {
    return this.closest(".room").querySelector("chat-composer");
  }
}

customElements.define("room-outbox", RoomOutbox);
