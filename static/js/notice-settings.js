// <notice-settings>: what this browser does when a message comes; on the profile page.

import { chooseNotices, chooseSound, mayNotify, maySound, permission } from "./notice-choice.js";
import { play } from "./notice-sound.js";

class NoticeSettings extends HTMLElement {
  connectedCallback() {
    this.notices = this.querySelector("[name=notices]");
    this.sound = this.querySelector("[name=sound]");
    this.ends = new AbortController();
    const { signal } = this.ends;
    this.notices.addEventListener("change", () => chooseNotices(this.notices.checked), { signal });
    this.sound.addEventListener("change", () => chooseSound(this.sound.checked), { signal });
    this.querySelector(".try-sound").addEventListener("click", play, { signal });
    document.addEventListener("notices:changed", () => this.show(), { signal });
    this.show();
    this.hidden = false;
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  show() {
    this.notices.checked = mayNotify();
    this.notices.disabled = ["denied", "unknown"].includes(permission());
    this.querySelector(".notices-denied").hidden = permission() !== "denied";
    this.querySelector(".notices-unknown").hidden = permission() !== "unknown";
    this.sound.checked = maySound();
  }
}

customElements.define("notice-settings", NoticeSettings);
