// <local-time datetime="…">: the server's text until here, the viewer's own clock from here on.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

class LocalTime extends HTMLElement {
  static observedAttributes = ["datetime"];

  attributeChangedCallback() {
    if (this.isConnected) this.connectedCallback();
  }

  connectedCallback() {
    const at = new Date(this.getAttribute("datetime"));
    const today = at.toDateString() === new Date().toDateString();
    this.textContent = this.getAttribute("format") === "recent" && !today ? date.format(at) : clock.format(at);
    this.title = full.format(at);
  }
}

customElements.define("local-time", LocalTime);
