// <live-status>: one line at the top of the page while it may not be true, and what to do about it.

import { tagsOf } from "./live.js";
import { gettext } from "./words.js";

const REASONS = {
  403: gettext("You may not do that."),
  404: gettext("That is no longer there."),
  429: gettext("That was tried too often. Please wait a few minutes."),
  503: gettext("The chat cannot read or save anything just now. Please try again in a moment."),
};
const PATIENCE = 2000; // ms; a reconnect after a restart is faster, and nobody needs to hear of it

class LiveStatus extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    const on = (name, act) => document.addEventListener(name, act, { signal: this.ends.signal });
    on("live:open", () => this.hide());
    on("live:closed", ({ detail }) => this.closed(detail.code));
    on("live:watching", () => this.refused && this.clear());
    on("live:refused", ({ detail }) => this.refuse(detail.tags));
    on("htmx:error", ({ detail }) => this.failed(detail.ctx));
    on("live:unanswered", ({ detail }) => this.failed(detail.ctx));
    on("live:error", ({ detail }) => this.complained(detail));
    this.wait();
  }

  disconnectedCallback() {
    this.ends.abort();
    clearTimeout(this.timer);
    clearTimeout(this.brief);
  }

  closed(code) {
    if (code === 4401) {
      const next = encodeURIComponent(location.pathname + location.search);
      this.show(gettext("You have been signed out. What you typed is kept."), `${this.dataset.login}?next=${next}`, gettext("Sign in again"));
    } else if (code === 4403) {
      this.show(gettext("This page may not connect to the chat."), location.href, gettext("Reload"));
    } else if (code === 4010) {
      this.show(gettext("This connection was ended by a moderator."), location.href, gettext("Connect again"));
    } else if (code === 4029) {
      this.say(gettext("This page asked for too much at once. It connects again in half a minute."));
    } else if (code === 4030) {
      this.show(gettext("The chat is open in too many tabs. Close some of them, and connect again."), location.href, gettext("Connect again"));
    } else {
      this.wait();
    }
  }

  // Of what is only noted, such as what was read, and is said again by itself, nobody needs to hear.
  complained({ code, text, wait }) {
    if (code === "unavailable") return;
    if (wait) this.mention(text);
    else this.show(text, location.href, gettext("Reload"));
  }

  // The sidebar fetches itself without it, and a room's page says it where the room was (room-gone.js).
  refuse(tags) {
    const shown = [...document.querySelectorAll("#pane [data-tags]")].some((element) => tags.some((tag) => tag in tagsOf(element)));
    if (!shown || document.querySelector("room-gone")) return;
    if (!this.final) this.show(gettext("What this page shows is no longer there."), location.href, gettext("Reload"));
    this.refused = true;
  }

  // What a person asked for did not come. What follows by itself is tried again, and shown where it stands.
  failed(ctx) {
    const { sourceElement, response, text } = ctx ?? {};
    if (!sourceElement || sourceElement.dataset?.tags || response?.status === 401 || this.final) return;
    const plain = response?.headers.get("Content-Type")?.startsWith("text/plain");
    if (response?.status === 403 && plain) return this.show(text, location.href, gettext("Reload")); // the token is too old
    const page = sourceElement._htmx?.boosted && (!response || response.status >= 500);
    this.mention((response?.status === 429 && plain && text) || REASONS[response?.status] || (page ? gettext("That page could not be loaded. Please try again.") : gettext("That did not work. Please try again.")));
  }

  // What will be over soon.
  mention(text) {
    if (this.final) return;
    this.say(text);
    clearTimeout(this.brief);
    this.brief = setTimeout(() => this.clear(), 6000);
  }

  clear() {
    this.final = this.refused = false;
    this.replaceChildren();
  }

  wait() {
    if (this.final) return;
    this.timer ??= setTimeout(() => this.say(navigator.onLine ? gettext("Reconnecting …") : gettext("You are offline.")), PATIENCE);
  }

  hide() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.final) this.replaceChildren();
  }

  say(text, ...more) {
    this.replaceChildren(text, ...more);
  }

  // What a reconnect will not mend stays until the person acts.
  show(text, href, label) {
    clearTimeout(this.timer);
    clearTimeout(this.brief);
    this.final = true;
    const link = Object.assign(document.createElement("a"), { href, textContent: label });
    this.say(text, " ", link);
  }
}

customElements.define("live-status", LiveStatus);
