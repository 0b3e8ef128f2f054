// <chat-composer>: writes and sends. A message shows at once as pending; it is replaced by the real one, or says why not.

import { forget, keep, lettersTo, newClientId, send } from "./outbox.js";
import { Typing } from "./typing.js";
import { gettext, interpolate, ngettext } from "./words.js";

const tooMany = (count) =>
  interpolate(
    ngettext(
      "%s character too many. Shorten the message, or send it in parts.",
      "%s characters too many. Shorten the message, or send it in parts.",
      count,
    ),
    [count],
  );

class ChatComposer extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.field = this.form.elements.body;
    this.room = this.form.dataset.room;
    this.typing = new Typing(`room:${this.room}`);
    this.draftKey = `draft:${this.closest("[data-viewer]").dataset.viewer}:${this.room}`;
    this.ends = new AbortController();
    const signal = this.ends.signal;
    this.form.addEventListener("submit", (event) => this.submit(event), { signal });
    this.field.addEventListener("keydown", (event) => this.key(event), { signal });
    this.field.addEventListener("input", () => this.written(), { signal });
    document.addEventListener("live:open", () => this.sendAgain(), { signal });
    addEventListener("storage", () => this.forgetTakenBack(), { signal });
    // The log may be replaced by a fresh one, without the pending messages; its events are heard from the room.
    document.addEventListener("htmx:after:swap", () => (this.showAll(), this.nameRoom()), { signal });
    this.field.value ||= localStorage.getItem(this.draftKey) ?? "";
    this.sendAgain();
    if (matchMedia("(pointer: fine)").matches) this.field.focus();
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  key(event) {
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!sends || matchMedia("(pointer: coarse)").matches) return; // a phone's keyboard has no Shift+Enter
    event.preventDefault();
    this.form.requestSubmit();
  }

  written() {
    this.saveDraft();
    this.typing.tell(Boolean(this.field.value.trim()));
  }

  saveDraft() {
    try {
      if (this.field.value) localStorage.setItem(this.draftKey, this.field.value);
      else localStorage.removeItem(this.draftKey);
    } catch {
      // Storage is full or forbidden: the field itself holds the text.
    }
    const over = [...this.field.value].length - Number(this.field.dataset.limit);
    this.complain(over > 0 ? tooMany(over) : "");
  }

  complain(text) {
    const error = this.querySelector(".composer-error") ?? document.createElement("p");
    if (!text) return error.remove();
    Object.assign(error, { className: "composer-error", textContent: text, id: "composer-error" });
    error.setAttribute("role", "alert");
    this.form.before(error);
  }

  submit(event) {
    event.preventDefault();
    const body = this.field.value;
    if (!body.trim()) return this.field.focus();
    this.saveDraft();
    if (this.querySelector(".composer-error")) return;
    this.field.value = "";
    this.written();
    const letter = { room: this.room, clientId: newClientId(), body, writtenAt: Date.now() };
    keep(letter);
    this.deliver(letter);
    this.closest(".room").querySelector("chat-log").toEnd();
    this.field.focus();
  }

  // The header follows a rename by itself; what repeats the room's name follows the header.
  nameRoom() {
    const title = document.getElementById("room-title")?.textContent;
    const placeholder = interpolate(gettext("Write to %s"), [title]);
    if (!title || this.field.placeholder === placeholder) return;
    this.field.placeholder = placeholder;
    this.field.setAttribute("aria-label", interpolate(gettext("Message to %s"), [title]));
    document.title = document.title.replace(/.*( · [^·]+)$/, `${title}$1`);
  }

  // Those that found no connection go out by themselves; those that were refused wait for the person.
  sendAgain() {
    this.showAll();
    for (const letter of lettersTo(this.room)) if (!letter.final) this.deliver(letter);
  }

  showAll() {
    for (const letter of lettersTo(this.room)) this.show(letter);
  }

  // Another tab sent or took back what this one shows as failed.
  forgetTakenBack() {
    const kept = new Set(lettersTo(this.room).map((letter) => `m-${letter.clientId}`));
    for (const item of this.closest(".room").querySelectorAll(".pending[data-state=failed]")) if (!kept.has(item.id)) item.remove();
  }

  async deliver(letter) {
    const item = this.show(letter);
    if (!item.matches(".pending")) return forget(letter); // the push came, and only the answer was lost
    if (item.dataset.state === "sending") return;
    item.dataset.state = "sending";
    const { html, reason, final } = await send(letter, this.form.action);
    if (html) {
      forget(letter);
      htmx.swap({ sourceElement: document.body, target: document.body, swap: "none", text: html }); // replaces the pending copy
      return this.sendAgain(); // what waited for it
    }
    const pending = this.show({ ...letter, final, reason }); // the log, and the first copy with it, may have been replaced
    if (!pending.matches(".pending")) return forget(letter); // the push came all the same
    Object.assign(letter, { final, reason });
    keep(letter);
    pending.dataset.state = "failed";
    pending.querySelector(".reason").textContent = reason;
  }

  show(letter) {
    const id = `m-${letter.clientId}`;
    const outbox = this.closest(".room").querySelector(".outbox");
    const shown = document.getElementById(id);
    if (shown) return shown;
    const item = this.querySelector("template").content.cloneNode(true).firstElementChild;
    item.id = id;
    item.dataset.mine = "";
    item.dataset.state = letter.reason ? "failed" : "";
    item.querySelector(".reason").textContent = letter.reason ?? "";
    item.querySelector(".message-body").textContent = letter.body;
    item.querySelector(".retry").addEventListener("click", () => this.deliver({ ...letter, final: false }));
    item.querySelector(".edit").addEventListener("click", () => this.takeBack(letter, item));
    outbox.append(item);
    return item;
  }

  takeBack(letter, item) {
    forget(letter);
    item.remove();
    this.field.value = [letter.body, this.field.value].filter(Boolean).join("\n");
    this.saveDraft();
    this.field.focus();
  }
}

customElements.define("chat-composer", ChatComposer);
