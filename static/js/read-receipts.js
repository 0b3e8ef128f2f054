// <read-receipts room="42">: the faces of those who read this far, under the last message that they saw; who and when on hover and
// focus. Not one's own, and not under one's own words. They hang over the gap below a message, so that nothing moves when they come.

import { isBlocked } from "./blocked-people.js";
import { short } from "./clocks.js";
import { ReadersCard } from "./readers-card.js";
import { follow } from "./states.js";
import { gettext, interpolate } from "./words.js";

const FACES = 5; // in one row; the others are a number

const timeOf = (seconds) => (seconds ? short(new Date(seconds * 1000)) : "");

class ReadReceipts extends HTMLElement {
  connectedCallback() {
    this.log = this.closest("chat-log");
    this.list = this.log.querySelector(".messages");
    this.cast = this.log.querySelector("room-cast");
    this.viewer = this.closest("[data-viewer]").dataset.viewer;
    this.marks = {};
    this.missed = new Set(); // of whom the cast was asked
    this.card = new ReadersCard(this.list, this.querySelector("[popover]"));
    this.changes = new MutationObserver(() => this.place());
    this.changes.observe(this.list, { childList: true });
    this.changes.observe(this.cast, { childList: true, subtree: true, characterData: true, attributes: true });
    const tag = `receipts:${this.getAttribute("room")}`;
    this.unfollow = follow(tag, (value) => this.hear(value));
    this.ends = new AbortController();
    const { signal } = this.ends;
    document.addEventListener("blocked", () => this.place(), { signal });
    document.addEventListener("live:refused", ({ detail }) => detail.tags.includes(tag) && this.hear("{}"), { signal });
  }

  disconnectedCallback() {
    this.unfollow();
    this.ends.abort();
    this.changes.disconnect();
    this.card.end();
  }

  // What was seen stays so while the socket is gone.
  hear(value) {
    if (value) this.marks = JSON.parse(value);
    this.place();
  }

  place() {
    const messages = [...this.list.querySelectorAll("[data-seq]")];
    const readers = new Map(messages.map((message) => [message, []]));
    const end = this.list.querySelector(":scope > .newer") ? Number(messages.at(-1)?.dataset.seq) : Infinity; // of what is shown
    for (const [person, mark] of Object.entries(this.marks)) {
      const [seq, at] = mark;
      if (person === this.viewer || seq > end || isBlocked(person)) continue;
      const last = messages.findLast((message) => Number(message.dataset.seq) <= seq || message.dataset.author === person);
      if (last && last.dataset.author !== person) readers.get(last).push({ person, at, ...this.known(person) });
    }
    for (const [message, those] of readers) this.show(message, those.sort((one, other) => other.at - one.at));
    this.card.stay();
    this.meet();
  }

  known(person) {
    const known = this.cast.known(person);
    return { name: known?.querySelector("b").textContent ?? "", face: known?.querySelector(".avatar") };
  }

  // Those who never spoke here: the cast has not heard of them.
  meet() {
    const unknown = [...this.list.querySelectorAll("[data-reader]:empty")].map((face) => face.dataset.reader);
    if (unknown.every((person) => this.missed.has(person))) return;
    for (const person of unknown) this.missed.add(person);
    this.cast.follow();
  }

  show(message, readers) {
    const shown = message.querySelector(":scope > .readers");
    if (!readers.length) return shown?.remove();
    const row = shown ?? Object.assign(document.createElement("div"), { className: "readers", ariaLive: "off" });
    const key = JSON.stringify(readers.map(({ person, at, name, face }) => [person, at, name, face?.outerHTML]));
    if (row.key === key) return;
    row.key = key;
    const button = row.firstElementChild ?? Object.assign(document.createElement("button"), { type: "button", tabIndex: -1 });
    button.replaceChildren(...readers.map(faceOf), moreThan(readers.length - FACES));
    button.lines = readers.filter(({ name }) => name).map(({ name, at }) => [name, timeOf(at)]);
    button.ariaLabel = interpolate(gettext("Seen by %s"), [button.lines.map((line) => line.filter(Boolean).join(", ")).join("; ")]);
    if (!shown) {
      row.append(button);
      message.append(row);
    }
    this.card.follow(button);
  }
}

function faceOf({ person, face }, index) {
  const place = Object.assign(document.createElement("span"), { className: "reader", hidden: index >= FACES });
  place.dataset.reader = person;
  if (face) place.append(face.cloneNode(true));
  return place;
}

function moreThan(count) {
  return count > 0 ? Object.assign(document.createElement("span"), { className: "readers-more", textContent: `+${count}` }) : "";
}

customElements.define("read-receipts", ReadReceipts);
