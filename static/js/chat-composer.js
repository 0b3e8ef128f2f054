// <chat-composer>: where one writes. What is sent goes to the outbox, and shows at once as pending (room-outbox.js).

import { Draft } from "./draft.js";
import { fit, holdWhatIsRead } from "./field-height.js";
import { isComposing } from "./keyboard.js";
import { keep, newClientId } from "./outbox.js";
import { carry } from "./postman.js";
import { Typing } from "./typing.js";
import { gettext, interpolate } from "./words.js";

class ChatComposer extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.field = this.form.elements.body;
    this.room = this.form.dataset.room;
    this.typing = new Typing(`room:${this.room}`);
    this.draft = new Draft(this.closest("[data-viewer]").dataset.viewer, this.room);
    this.ends = new AbortController();
    const signal = this.ends.signal;
    this.form.addEventListener("submit", (event) => this.submit(event), { signal });
    this.field.addEventListener("keydown", (event) => this.key(event), { signal });
    this.field.addEventListener("input", () => this.written(), { signal });
    addEventListener("storage", (event) => this.draft.isGone(event) && (this.text = ""), { signal });
    document.addEventListener("htmx:after:swap", () => this.nameRoom(), { signal });
    this.field.value ||= this.draft.text;
    fit(this.field);
    this.growth = holdWhatIsRead(this, this.closest(".room"));
    this.focus();
  }

  disconnectedCallback() {
    this.ends.abort();
    this.growth?.disconnect();
  }

  // Not on a phone, where a keyboard would come up.
  focus() {
    if (matchMedia("(pointer: fine)").matches) this.field.focus();
  }

  key(event) {
    const sends = event.key === "Enter" && !event.shiftKey && !isComposing(event);
    if (!sends || matchMedia("(pointer: coarse)").matches) return; // a phone's keyboard has no Shift+Enter
    event.preventDefault();
    this.form.requestSubmit();
  }

  written() {
    fit(this.field);
    this.draft.text = this.field.value;
    if (!this.isMuted) this.typing.tell(Boolean(this.field.value.trim()));
  }

  // For a time, by a moderator: what was being written stays here meanwhile.
  get isMuted() {
    return Boolean(this.closest(".room").querySelector(".silence-note > for-now:not([hidden])"));
  }

  // As if it had been typed: the draft, the count and the field's height follow.
  set text(text) {
    this.field.value = text;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  submit(event) {
    event.preventDefault();
    const body = this.field.value;
    const { over } = this.querySelector("composer-limit");
    if (over > 0 || !body.trim() || this.isMuted) return this.field.focus();
    this.text = "";
    keep({ room: this.room, action: this.form.getAttribute("action"), clientId: newClientId(), body, writtenAt: Date.now() });
    this.closest(".room").querySelector("room-outbox").compare();
    carry(this.room);
    this.closest(".room").querySelector("chat-log").toEnd();
    this.field.focus();
  }

  takeBack(body) {
    this.text = [body, this.field.value].filter(Boolean).join("\n");
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
}

customElements.define("chat-composer", ChatComposer);
