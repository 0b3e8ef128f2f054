// <person-card>: shows a person's card over the page, instead of leaving it for theirs. Any `a.person-link` opens it.

class PersonCard extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.ends = new AbortController();
    const { signal } = this.ends;
    document.addEventListener("click", (event) => this.clicked(event), { signal, capture: true });
    this.dialog.addEventListener("close", () => this.dialog.replaceChildren(), { signal });
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

  async open(page) {
    const answer = await fetch(`${page}card/`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) return location.assign(page); // whatever is wrong, the page says it
    htmx.swap({ sourceElement: this.dialog, target: this.dialog, swap: "innerHTML", text: await answer.text() });
    if (!this.dialog.open) this.dialog.showModal();
  }
}

customElements.define("person-card", PersonCard);
