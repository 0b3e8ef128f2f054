// <notice-invitation>: in the account's menu, until one says yes or no. The profile has the same choice for ever.

import { chooseNotices, dismiss, isInvited } from "./notice-choice.js";

class NoticeInvitation extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    const { signal } = this.ends;
    this.querySelector(".accept").addEventListener("click", () => chooseNotices(true), { signal });
    this.querySelector(".dismiss").addEventListener("click", dismiss, { signal });
    document.addEventListener("notices:changed", () => this.show(), { signal });
    this.show();
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  show() {
    this.hidden = !isInvited();
    this.closest("details").querySelector("summary").classList.toggle("invites", !this.hidden);
  }
}

customElements.define("notice-invitation", NoticeInvitation);
