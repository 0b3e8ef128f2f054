// <presence-dot person="7">: whether somebody is here, as a dot, and in words for those who do not see it; with `words`, for all.

import { follow, valueOf } from "./states.js";
import { gettext, interpolate, locale } from "./words.js";

const MINUTE = 60; // seconds
const STEPS = [["day", 86400], ["hour", 3600], ["minute", MINUTE]];
const ago = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

function sinceWhen(seconds) {
  const [unit, size] = STEPS.find(([, size]) => seconds >= size) ?? STEPS.at(-1);
  return seconds < MINUTE ? gettext("just now") : ago.format(-Math.floor(seconds / size), unit);
}

function inWords(value) {
  const [state, at] = value.split(".");
  if (state !== "offline") return { online: gettext("Online"), away: gettext("Away") }[state] ?? "";
  return at ? interpolate(gettext("Last seen %s"), [sinceWhen(Date.now() / 1000 - Number(at))]) : gettext("Offline");
}

class PresenceDot extends HTMLElement {
  static observedAttributes = ["person", "data-state", "title"];

  connectedCallback() {
    this.timer = setInterval(() => this.show(), MINUTE * 1000);
    this.follow();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    this.unfollow?.();
    this.tag = null;
  }

  // A morph may take our attributes away, or make this the dot of another person.
  attributeChangedCallback(name) {
    if (!this.isConnected) return;
    if (name === "person") this.follow();
    else this.show();
  }

  // Comes here again from within: to set an attribute lets the browser say what else happened to this element.
  follow() {
    const tag = `presence:${this.getAttribute("person")}`;
    if (tag === this.tag) return;
    this.unfollow?.();
    this.tag = tag;
    this.unfollow = follow(this.tag, () => this.show());
  }

  show() {
    const [value, words] = [valueOf(this.tag), inWords(valueOf(this.tag))];
    this.set("data-state", value.split(".")[0]);
    if (!this.hasAttribute("words")) this.set("title", words);
    if (this.textContent !== words) this.textContent = words;
  }

  set(name, value) {
    if (value && this.getAttribute(name) !== value) this.setAttribute(name, value);
    else if (!value && this.hasAttribute(name)) this.removeAttribute(name);
  }
}

customElements.define("presence-dot", PresenceDot);
