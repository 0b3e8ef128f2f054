// <local-time datetime="…">: the server's text until here, the viewer's own clock from here on.
// <local-time format="now" zone="…">: what time it is there; it goes on. format="moment": with the day, if that is not today.

import { clock, full, short } from "./clocks.js";
import { locale } from "./words.js";

const TICK = 60000; // ms
const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });

// What time it is there now; nothing where the browser does not know the zone.
function timeIn(zone) {
  try {
    return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: zone }).format();
  } catch {
    return "";
  }
}

class LocalTime extends HTMLElement {
  static observedAttributes = ["datetime", "zone", "format"];

  attributeChangedCallback() {
    if (this.isConnected) this.show();
  }

  connectedCallback() {
    this.show();
  }

  disconnectedCallback() {
    clearTimeout(this.next);
  }

  show() {
    clearTimeout(this.next);
    if (this.getAttribute("format") === "now") {
      this.next = setTimeout(() => this.show(), TICK - (Date.now() % TICK)); // when the minute is over
      this.textContent = timeIn(this.getAttribute("zone"));
      return;
    }
    const at = new Date(this.getAttribute("datetime"));
    this.textContent = this.getAttribute("format") === "moment" ? short(at) : this.formatFor(at).format(at);
    this.title = full.format(at);
  }

  formatFor(at) {
    const format = this.getAttribute("format");
    if (format === "day") return whole;
    return format === "recent" && at.toDateString() !== new Date().toDateString() ? date : clock;
  }
}

customElements.define("local-time", LocalTime);
