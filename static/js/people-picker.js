// <people-picker>: who is picked stays picked, and in sight, while one searches for the next.

class PeoplePicker extends HTMLElement {
  connectedCallback() {
    this.picked = this.querySelector(".picked");
    this.ends = new AbortController();
    const { signal } = this.ends;
    this.addEventListener("change", (event) => event.target.name === "people" && this.pick(event.target), { signal });
    this.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("htmx:after:swap", () => this.hideTwice(), { signal });
    this.hideTwice();
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  pick(box) {
    if (box.checked) {
      const item = document.createElement("li");
      item.append(box.closest("label").cloneNode(true));
      this.picked.append(item);
      item.querySelector("input").checked = true;
      box.checked = false; // it is sent once, from above
      const search = this.querySelector("[type=search]");
      search.select();
      search.focus();
    } else if (this.picked.contains(box)) {
      box.closest("li").remove();
      this.querySelector("[type=search]").focus();
    }
    this.hideTwice();
  }

  // Enter in the search picks the first who was found, instead of inviting those picked so far.
  key(event) {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("[type=search]")) return;
    event.preventDefault();
    if (event.target.value.trim()) this.querySelector(".candidates li:not([hidden]) input")?.click();
  }

  hideTwice() {
    const ids = new Set([...this.picked.querySelectorAll("input")].map((box) => box.value));
    for (const box of this.querySelectorAll(".candidates input")) box.closest("li").hidden = ids.has(box.value);
  }
}

customElements.define("people-picker", PeoplePicker);
