// Who has seen a message, and when, beside their faces: while the mouse is over them, while they have the focus, and after a tap.

import { gettext } from "./words.js";

const GAP = 6; // px

export class ReadersCard {
  constructor(list, card) {
    this.card = card;
    this.ends = new AbortController();
    const { signal } = this.ends;
    const on = (target, name, act) => target.addEventListener(name, act, { signal });
    const button = ({ target }) => target.closest(".readers > button");
    on(list, "pointerover", (event) => event.pointerType === "mouse" && button(event) && this.open(button(event)));
    on(list, "pointerout", (event) => event.pointerType === "mouse" && button(event) !== document.activeElement && this.close());
    on(list, "focusin", (event) => (button(event) ? this.open(button(event)) : this.close()));
    on(list, "focusout", () => this.close());
    on(list, "click", (event) => button(event) && this.open(button(event))); // a tap that gives no focus
    on(document, "pointerdown", (event) => button(event) !== this.of && this.close());
    on(list.closest("chat-log"), "scroll", () => this.close());
    on(list, "keydown", (event) => event.key === "Escape" && this.of && (this.close(), event.preventDefault()));
  }

  end() {
    this.ends.abort();
    this.close();
  }

  // The faces under the card may change,
  follow(button) {
    if (this.of === button) this.open(button);
  }

  // or go to another message.
  stay() {
    if (!this.of?.isConnected) this.close();
  }

  open(button) {
    this.of = button;
    this.card.replaceChildren(line("b", gettext("Seen by")), ...button.lines.map(([name, at]) => row(name, at)));
    this.card.showPopover();
    const [faces, card] = [button.getBoundingClientRect(), this.card.getBoundingClientRect()];
    const above = faces.top - card.height - GAP;
    this.card.style.setProperty("top", `${above > 0 ? above : faces.bottom + GAP}px`);
    this.card.style.setProperty("left", `${Math.max(GAP, Math.min(faces.right - card.width, innerWidth - card.width - GAP))}px`);
  }

  close() {
    this.of = null;
    if (this.card.matches(":popover-open")) this.card.hidePopover();
  }
}

function line(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text });
}

function row(name, at) {
  const row = document.createElement("p");
  row.append(line("bdi", name), line("time", at));
  return row;
}
