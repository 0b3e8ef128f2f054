// <toast-lines>: a quiet line about what was just done, with a way back perhaps. It goes by itself, but not while it is used.

const SHOWN = 8000; // ms
const BRIEF = 3000; // ms, for what asks nothing

class ToastLines extends HTMLElement {
  disconnectedCallback() {
    for (const line of this.children) clearTimeout(line.timer);
  }

  // Returns what takes the line away. `act` is called when the button with this `label` is pressed.
  say(text, label, act) {
    const line = document.createElement("p");
    const show = () => (line.timer = setTimeout(() => line.remove(), label ? SHOWN : BRIEF));
    const stay = () => clearTimeout(line.timer);
    line.append(Object.assign(document.createElement("span"), { textContent: text }));
    if (label) line.append(this.button(label, act));
    for (const name of ["pointerenter", "focusin"]) line.addEventListener(name, stay);
    for (const name of ["pointerleave", "focusout"]) {
      line.addEventListener(name, () => (stay(), line.matches(":hover, :focus-within") || show()));
    }
    this.append(line);
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
