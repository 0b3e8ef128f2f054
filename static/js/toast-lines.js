// <toast-lines>: a quiet line about what was just done, with a way back perhaps. It goes by itself, but not while it is used.

const SHOWN = 8000; // ms
const BRIEF = 3000; // ms, for what asks nothing

class ToastLines extends HTMLElement {
  disconnectedCallback() {
    for (const line of this.children) clearTimeout(line.timer);
  }

  // Those that came with the page, because something was just done.
  connectedCallback() {
    for (const line of this.children) this.keep(line, SHOWN);
  }

  // Returns what takes the line away. `act` is called when the button with this `label` is pressed.
  say(text, label, act) {
    const line = document.createElement("p");
    line.append(Object.assign(document.createElement("span"), { textContent: text }));
    if (label) line.append(this.button(label, act));
    this.append(line);
    return this.keep(line, label ? SHOWN : BRIEF);
  }

  keep(line, time) {
    const show = () => (line.timer = setTimeout(() => line.remove(), time));
    const stay = () => clearTimeout(line.timer);
    for (const name of ["pointerenter", "focusin"]) line.addEventListener(name, stay);
    for (const name of ["pointerleave", "focusout"]) {
      line.addEventListener(name, () => (stay(), line.matches(":hover, :focus-within") || show()));
    }
    show();
    return () => (stay(), line.remove());
  }

  button(label, act) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    button.addEventListener("click", act);
    return button;
  }
}

customElements.define("toast-lines", ToastLines);
