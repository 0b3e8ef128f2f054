// What is typed and not sent, of one conversation. It outlasts reload and log-out, and a tab keeps its own: what is typed in
// another one neither replaces nor removes it.

export class Draft {
  constructor(viewer, room) {
    this.key = `draft:${viewer}:${room}`;
    this.written = localStorage.getItem(this.key) ?? "";
  }

  get text() {
    return sessionStorage.getItem(this.key) ?? this.written;
  }

  set text(text) {
    const own = localStorage.getItem(this.key) === this.written;
    this.written = text;
    try {
      if (text) sessionStorage.setItem(this.key, text);
      else sessionStorage.removeItem(this.key);
      if (text) localStorage.setItem(this.key, text);
      else if (own) localStorage.removeItem(this.key);
    } catch {
      // Storage is full or forbidden: the field itself holds the text.
    }
  }

  // Whether another tab sent just what this one shows and did not write.
  isGone({ key, newValue }) {
    return key === this.key && newValue === null && sessionStorage.getItem(this.key) === null;
  }
}
