// <open-row>: a person's row while it is changed. The keyboard starts in it, Escape cancels, and whoever leaves it is back at its
// Edit link.

class OpenRow extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this);
    htmx.process(this); // it does so itself a moment later; until then Cancel would leave the page
    if (!document.activeElement.matches("input, textarea")) this.querySelector("[aria-invalid=true], input[type=text]").focus();
  }

  // The list that takes this one's place is on the page only after the swap. Who went to another field stays there.
  disconnectedCallback() {
    const link = this.dataset.edit;
    const goBack = () => document.activeElement === document.body && document.getElementById(link)?.focus();
    document.addEventListener("htmx:after:swap", goBack, { once: true });
  }

  handleEvent(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    this.querySelector(".cancel").click();
  }
}

customElements.define("open-row", OpenRow);
