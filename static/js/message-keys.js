// <message-keys>: the messages by keyboard. The log is one stop of the Tab key; arrows move in it from message to message, Enter
// goes to the toolbar, whose buttons have keys of their own (aria-keyshortcuts), and Escape goes back to the composer.

import { isComposing } from "./keyboard.js";

const SHOWN = ".messages:not(.outbox) > .message[data-seq]";
const TYPED = "textarea, input, select, [contenteditable]";

class MessageKeys extends HTMLElement {
  connectedCallback() {
    this.room = this.closest(".room");
    this.ends = new AbortController();
    const { signal } = this.ends;
    this.room.addEventListener("keydown", (event) => this.key(event), { signal });
    this.room.addEventListener("contextmenu", (event) => this.menuKey && event.preventDefault(), { signal });
    this.room.addEventListener("focusin", ({ target }) => this.openLinks(target.closest(SHOWN)), { signal });
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  get actions() {
    return this.room.querySelector("message-actions");
  }

  get messages() {
    return [...this.room.querySelectorAll(SHOWN)];
  }

  key(event) {
    this.menuKey = false;
    if (event.defaultPrevented || isComposing(event) || event.altKey || event.ctrlKey || event.metaKey) return;
    const { target } = event;
    const done = target.matches(TYPED) ? this.composing(event) : this.room.querySelector(".log")?.contains(target) && this.reading(event);
    if (done) event.preventDefault();
  }

  // In the empty composer the arrow goes back to what one said last, which is at the end, wherever one reads.
  composing({ key, target }) {
    if (key !== "ArrowUp" || target.value || !target.closest("chat-composer")) return false;
    const log = this.room.querySelector("chat-log");
    if (log.window.reachesNewest) return this.editLast();
    log.toEnd().then(() => log.window.reachesNewest && this.editLast());
    return true;
  }

  editLast() {
    const mine = this.messages.findLast(({ dataset }) => dataset.mine !== undefined && dataset.deleted === undefined);
    const edit = this.actions.bar.querySelector("[name=edit]");
    if (!mine || !this.actions.offers(mine, edit)) return false;
    this.actions.act(mine, "edit");
    return true;
  }

  reading({ key, target, shiftKey }) {
    const message = target.closest(SHOWN);
    const button = target.closest(".message-toolbar button");
    if (key === "Escape") return button ? this.go(message) : this.leave();
    if (key === "ArrowUp" || key === "ArrowDown") return this.move(message, key === "ArrowUp" ? -1 : 1);
    if (button && (key === "ArrowLeft" || key === "ArrowRight")) return this.along(button, key === "ArrowLeft" ? -1 : 1);
    if (key === "Home" || key === "End") return this.goToEdge(key === "Home");
    if (!message || button) return false;
    if (target === message && key === "Enter") return this.open(message);
    this.menuKey = key === "ContextMenu" || (shiftKey && key === "F10");
    return this.menuKey ? this.open(message) : !shiftKey && this.press(message, key);
  }

  leave() {
    const field = this.room.querySelector(".composer textarea");
    field?.focus();
    return Boolean(field);
  }

  // From the log itself one comes to the last message in sight.
  move(message, step) {
    const { messages } = this;
    const bottom = this.room.querySelector(".log").getBoundingClientRect().bottom;
    const inSight = messages.findLast((shown) => shown.getBoundingClientRect().top < bottom);
    return this.go(message ? messages[messages.indexOf(message) + step] : inSight);
  }

  go(message) {
    if (!message) return false;
    message.tabIndex = -1;
    message.focus({ preventScroll: true });
    message.scrollIntoView({ block: "nearest" });
    return true;
  }

  // Also what stands beyond the first and the last one comes into sight.
  goToEdge(first) {
    const log = this.room.querySelector(".log");
    const done = this.go(this.messages.at(first ? 0 : -1));
    log.scrollTop = first ? -log.scrollHeight : 0;
    return done;
  }

  along(button, step) {
    const buttons = [...button.parentElement.querySelectorAll("button:not([hidden])")];
    buttons.at((buttons.indexOf(button) + step) % buttons.length).focus();
    return true;
  }

  open(message) {
    this.actions.show(message);
    if (this.actions.message !== message) return false;
    this.actions.bar.querySelector("button:not([hidden])").focus();
    return true;
  }

  press(message, key) {
    const wanted = key.toLowerCase();
    const has = (button) => button.getAttribute("aria-keyshortcuts")?.toLowerCase().split(" ").includes(wanted);
    const button = [...this.actions.bar.querySelectorAll("button")].find((one) => has(one) && this.actions.offers(message, one));
    if (!button) return false;
    this.actions.act(message, button.name);
    return true;
  }

  // The links of the message that has the focus can be reached from there, and those of no other.
  openLinks(message) {
    if (message === this.opened) return;
    for (const link of this.links(this.opened)) link.tabIndex = -1;
    this.opened = message;
    for (const link of this.links(message)) link.tabIndex = 0;
  }

  links(message) {
    const hidden = message?.matches("[data-mine], [data-follows]") ? ".message-head a" : null;
    return [...(message?.querySelectorAll(".message-main a, .readers button") ?? [])].filter((link) => !hidden || !link.matches(hidden));
  }
}

customElements.define("message-keys", MessageKeys);
