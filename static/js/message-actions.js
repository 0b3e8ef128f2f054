// <message-actions>: the toolbar of the message that is pointed at, tapped, or has the focus. Its buttons stand in the template;
// each sends `message:<its name>` ({seq, url}) from the message. `data-for` says of a button what it is for: `own`, what one said
// oneself; `others`, what others said; `moderated`, the same in a room that one moderates; `taken-down`, there, what a moderator
// deleted. What was deleted has no other: its place would be taken under the pointer that just deleted it. Lines are nobody's.

import { wasFocused } from "./last-focus.js";

const SHOWN = ".message[data-seq]";

class MessageActions extends HTMLElement {
  connectedCallback() {
    this.room = this.closest(".room");
    this.bar ??= this.querySelector("template").content.cloneNode(true).firstElementChild;
    this.viewer = this.closest("[data-viewer]").dataset.viewer;
    this.ends = new AbortController();
    const on = (name, act) => this.room.addEventListener(name, act, { signal: this.ends.signal });
    on("pointerover", (event) => event.pointerType === "mouse" && this.point(event.target.closest(SHOWN)));
    on("pointerleave", () => this.point(null));
    on("pointerdown", (event) => event.pointerType !== "mouse" && this.tap(event.target.closest(SHOWN)));
    on("focusin", ({ target }) => this.focused(target.closest(SHOWN)));
    on("focusout", ({ relatedTarget }) => this.isLeft(relatedTarget) && this.focused(null));
    this.bar.onclick = ({ target }) => this.press(target.closest("button"));
    this.replaced = new MutationObserver(() => (this.bar.isConnected ? this.show(this.message) : this.again()));
    this.replaced.observe(this.room, { childList: true, subtree: true, attributeFilter: ["data-moderates", "data-archived"] });
  }

  disconnectedCallback() {
    this.ends.abort();
    this.replaced.disconnect();
    this.bar.remove();
  }

  point(message) {
    this.pointed = message;
    this.show(message ?? this.kept);
  }

  // A tap gives the focus to what can take it.
  tap(message) {
    if (message) message.tabIndex = -1;
  }

  // A dialog gives the focus back to where it was.
  isLeft(target) {
    return target && !this.room.contains(target) && !target.closest("dialog");
  }

  focused(message) {
    this.kept = message;
    this.show(message ?? this.pointed);
  }

  show(message) {
    const buttons = [...this.bar.querySelectorAll("button")];
    const fitting = message && !message.querySelector("message-editor") ? buttons.filter((button) => this.fits(button, message)) : [];
    if (!fitting.length) {
      this.message = null;
      return this.bar.remove();
    }
    for (const button of buttons) button.hidden = !fitting.includes(button);
    if (message === this.message && this.bar.isConnected) return;
    this.message = message;
    message.querySelector(".message-main").append(this.bar);
    const above = this.room.querySelector(".log").getBoundingClientRect().top + this.bar.offsetHeight - message.getBoundingClientRect().top;
    this.bar.style.setProperty("--down", `${Math.max(0, above)}px`); // a long message may begin out of sight
  }

  fits({ dataset }, message) {
    const { author, deleted, event } = message.dataset;
    const moderates = Boolean(this.room.querySelector(".room-header [data-moderates]"));
    if (deleted !== undefined) return dataset.for === "taken-down" && deleted === "moderator" && moderates;
    if (!dataset.for) return true;
    if (event !== undefined || dataset.for === "taken-down") return false;
    if (dataset.for === "own") return author === this.viewer && !this.room.querySelector("[data-archived]");
    return author !== this.viewer && (dataset.for === "others" || moderates);
  }

  // The message was replaced by a newer version of itself.
  again() {
    if (!this.message) return;
    const { message } = this;
    const newer = document.getElementById(message.id);
    if (this.pointed === message) this.pointed = newer;
    if (this.kept === message) this.kept = newer;
    this.message = null;
    if (!newer) return;
    if (wasFocused(message)) {
      newer.tabIndex = -1;
      newer.focus({ preventScroll: true });
    }
    this.show(this.pointed ?? this.kept);
  }

  press(button) {
    if (button) this.act(this.message, button.name);
  }

  act(message, name) {
    const seq = Number(message.dataset.seq);
    const detail = { seq, url: `${this.dataset.messages}${seq}/` };
    message.dispatchEvent(new CustomEvent(`message:${name}`, { bubbles: true, detail }));
  }

  // Whether somebody may press this button for this message.
  offers(message, button) {
    this.show(message);
    return this.message === message && !button.hidden;
  }
}

customElements.define("message-actions", MessageActions);
