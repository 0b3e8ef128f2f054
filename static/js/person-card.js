// <person-card>: shows a person's card over the page, instead of leaving it for theirs. Any `a.person-link` opens it.

class PersonCard extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.place = this.querySelector(".card-place");
    this.ends = new AbortController();
    const { signal } = this.ends;
    document.addEventListener("click", (event) => this.clicked(event), { signal, capture: true });
    this.dialog.addEventListener("close", () => this.place.replaceChildren(), { signal });
    document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => ctx.target?.id === "pane" && this.dialog.close(), { signal });
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  clicked(event) {
    if (event.target === this.dialog) return this.dialog.close(); // its backdrop
    const link = event.target.closest?.("a.person-link");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // or htmx follows the link
    this.open(link.href);
  }

  // An answer that comes after another click, or when the page has been left, opens nothing.
  async open(page) {
    const [turn, here] = [(this.turn = {}), location.href];
    const answer = await fetch(`${page}card/`, { headers: { "HX-Request": "true" } }).catch(() => null);
    const text = await answer?.text().catch(() => null);
    if (turn !== this.turn || here !== location.href) return;
    if (!answer?.ok || !text) return location.assign(page); // whatever is wrong, the page says it
    htmx.swap({ sourceElement: this.place, target: this.place, swap: "innerHTML", text });
    this.dialog.setAttribute("aria-labelledby", this.place.querySelector("h1").id);
    if (!this.dialog.open) this.dialog.showModal();
  }
}

customElements.define("person-card", PersonCard);
