// <suspension-end datetime="…">: on the page of who is suspended; it loads anew when that is over, or was shortened meanwhile.

const LOOK = 60000; // ms between two looks, at most: a browser's clock may be wrong, and a moderator may be lenient
const AFTER = 500; // ms, so that the server agrees

class SuspensionEnd extends HTMLElement {
  connectedCallback() {
    this.wait();
    document.addEventListener("visibilitychange", (this.seen = () => document.hidden || this.look()));
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.seen);
  }

  wait() {
    const left = new Date(this.getAttribute("datetime")) - Date.now() + AFTER;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), Math.min(Math.max(left, AFTER), LOOK));
  }

  // A changed end is another page; one that is over leads on.
  async look() {
    const answer = await fetch(this.dataset.me, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer && answer.headers.get("X-Suspended") !== this.getAttribute("datetime") && answer.status < 500 && answer.status !== 429) this.go();
    else this.wait();
  }

  // What a form was sent to is often no page.
  go() {
    if (this.dataset.again) location.replace(this.dataset.again);
    else location.reload();
  }
}

customElements.define("suspension-end", SuspensionEnd);
