// <blocked-people data-people="3,7">: whom the viewer blocked. What shows people asks here; `blocked` on the document says that
// it changed, here or in another tab.

let blocked = new Set();

export const isBlocked = (person) => blocked.has(String(person));
export const anyBlocked = () => blocked.size > 0;

class BlockedPeople extends HTMLElement {
  static observedAttributes = ["data-people"];

  attributeChangedCallback(_name, _before, people) {
    blocked = new Set((people ?? "").split(",").filter(Boolean));
    document.dispatchEvent(new Event("blocked"));
  }
}

customElements.define("blocked-people", BlockedPeople);
