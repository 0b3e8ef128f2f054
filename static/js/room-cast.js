// <room-cast>: what those who speak on this page are called and look like now. A message is rendered once, when it is said;
// this follows the people, and sets their names and pictures in the messages that are shown. <read-receipts> takes them from here.

const MOST = 100; // people; the server takes no more

class RoomCast extends HTMLElement {
  connectedCallback() {
    this.log = this.closest("chat-log");
    const list = this.log.querySelector(".messages");
    this.changed = new MutationObserver(() => this.show(this.log.querySelectorAll(".message")));
    this.changed.observe(this, { childList: true, subtree: true, characterData: true, attributes: true });
    this.spoken = new MutationObserver((records) => this.meet(records.flatMap((record) => [...record.addedNodes])));
    this.spoken.observe(list, { childList: true });
  }

  disconnectedCallback() {
    this.changed.disconnect();
    this.spoken.disconnect();
  }

  known(id) {
    return this.querySelector(`[data-person="${id}"]`);
  }

  meet(nodes) {
    const messages = nodes.filter((node) => node.dataset?.author);
    this.show(messages);
    if (messages.some(({ dataset }) => !this.known(dataset.author) || (dataset.about && !this.known(dataset.about)))) this.follow();
  }

  // Those who read, and those who spoke last, if there are more than can be followed.
  follow() {
    const readers = [...this.log.querySelectorAll("[data-reader]")].map((face) => Number(face.dataset.reader));
    const shown = [...this.log.querySelectorAll("[data-author]")].reverse();
    const spoken = shown.flatMap(({ dataset }) => [dataset.author, dataset.about]).filter(Boolean).map(Number);
    const ids = [...new Set([...readers, ...spoken])].slice(0, MOST).sort((one, other) => one - other);
    this.setAttribute("hx-get", this.getAttribute("hx-get").replace(/[\d,]+\/$/, `${ids.join()}/`));
    this.removeAttribute("hx-ptag");
    htmx.trigger(this, "stale");
  }

  show(messages) {
    for (const message of messages) {
      const { author, about } = message.dataset;
      this.dress(author, message.querySelector(".message-author"), message.querySelector(".avatar"));
      if (about) this.dress(about, message.querySelector(".line-about"));
    }
  }

  dress(id, name, avatar) {
    const person = this.known(id);
    if (!person) return;
    const [newName, newAvatar] = [person.querySelector("b").textContent, person.querySelector(".avatar")];
    if (name.textContent !== newName) name.textContent = newName;
    if (avatar && !avatar.isEqualNode(newAvatar)) avatar.replaceWith(newAvatar.cloneNode(true));
  }
}

customElements.define("room-cast", RoomCast);
