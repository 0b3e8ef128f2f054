// <for-now until="…">: what holds until then, and is hidden afterwards. The fragment around it is fetched anew at that moment: nobody
// writes anything then, so nothing makes it stale.

const LONGEST = 2 ** 31 - 1; // ms that a timer takes

class ForNow extends HTMLElement {
  static observedAttributes = ["until", "hidden"];

  connectedCallback() {
    this.wait();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  // A morph puts back the attributes that the server knows.
  attributeChangedCallback() {
    if (this.isConnected) this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    const left = new Date(this.getAttribute("until")) - Date.now();
    if (left > 0) this.timer = setTimeout(() => this.end(), Math.min(left, LONGEST));
    if (this.hidden !== left <= 0) this.hidden = left <= 0;
  }

  end() {
    this.wait();
    if (!this.hidden) return;
    const fragment = this.closest("[data-tags]");
    if (!fragment) return;
    delete fragment._htmx?.ptag; // its tags are as they were: by them the server would say that nothing changed
    htmx.trigger(fragment, "stale");
  }
}

customElements.define("for-now", ForNow);
