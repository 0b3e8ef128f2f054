// <message-edits>: opens an editor in a message's place, and keeps it there when a push replaces the message or the log is fetched
// anew. While its message is not on the page, the editor stands here, above the composer.

import { wasFocused } from "./last-focus.js";
import "./message-editor.js";

class MessageEdits extends HTMLElement {
  connectedCallback() {
    this.room = this.closest(".room");
    this.drafts = `edit:${this.closest("[data-viewer]").dataset.viewer}:${this.dataset.messages}:`;
    this.editors = new Map(); // by the id of the message
    this.ends = new AbortController();
    const { signal } = this.ends;
    this.room.addEventListener("message:edit", ({ target, detail }) => this.edit(target, detail), { signal });
    this.room.addEventListener("closed", ({ target, detail }) => target.messageId && this.close(target, detail.meanwhile), { signal });
    this.moved = new MutationObserver(() => this.placeAll());
    this.moved.observe(this.room, { childList: true, subtree: true });
    this.reopen();
  }

  disconnectedCallback() {
    this.ends.abort();
    this.moved.disconnect();
  }

  edit(message, { url }) {
    const editor = this.editors.get(message.id) ?? this.open(message.id, url);
    editor.back = document.activeElement.closest("chat-composer textarea");
    editor.querySelector("textarea").focus();
    editor.scrollIntoView({ block: "nearest" });
  }

  open(id, url, draft) {
    const editor = this.querySelector("template").content.cloneNode(true).firstElementChild;
    editor.messageId = id;
    this.editors.set(id, editor);
    this.place(editor);
    const shown = document.getElementById(id)?.querySelector(".message-body").innerText ?? "";
    editor.begin({ url, shown, draft, draftKey: `${this.drafts}${id}:${url}` });
    return editor;
  }

  // What was being typed when the page was left.
  reopen() {
    for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith(this.drafts))) {
      const [id, url] = key.slice(this.drafts.length).split(":");
      this.open(id, url, sessionStorage.getItem(key));
    }
  }

  placeAll() {
    for (const editor of this.editors.values()) this.place(editor);
  }

  place(editor) {
    const place = document.getElementById(editor.messageId)?.querySelector(".message-main") ?? this;
    if (editor.parentElement === place) return;
    const typing = wasFocused(editor);
    const field = editor.querySelector("textarea");
    const [start, end] = [field.selectionStart, field.selectionEnd];
    place.append(editor);
    if (!typing) return;
    field.focus({ preventScroll: true });
    field.setSelectionRange(start, end);
  }

  close(editor, meanwhile) {
    const inside = editor.contains(document.activeElement);
    this.editors.delete(editor.messageId);
    editor.remove();
    meanwhile();
    const message = document.getElementById(editor.messageId);
    if (message) message.tabIndex = -1;
    if (inside) (editor.back ?? message)?.focus({ preventScroll: !editor.back });
  }
}

customElements.define("message-edits", MessageEdits);
