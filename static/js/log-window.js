// Which messages of a conversation are on the page: some that follow one another, and at each end, unless it is the
// conversation's, an edge that leads on. An edge is read before it is reached; what is far away is dropped, and read again.

import { askedToWait } from "./patience.js";
import { gettext } from "./words.js";

const AHEAD = "1200px"; // before an edge is reached
export const MOST = 300; // messages, until a page comes in
const PAGE = 50;
const PATIENCE = 20000; // ms

const LABELS = { older: gettext("Older messages"), newer: gettext("Newer messages") };

export class LogWindow {
  constructor(log, signal) {
    Object.assign(this, { log, list: log.list, signal });
    const near = (entries) => entries.forEach(({ isIntersecting, target }) => isIntersecting && this.read(target));
    this.edges = new IntersectionObserver(near, { root: log, rootMargin: `${AHEAD} 0px` });
    signal.addEventListener("abort", () => this.edges.disconnect());
    log.addEventListener("click", (event) => this.clicked(event), { signal });
    document.addEventListener("live:open", () => this.list.querySelectorAll(".failed").forEach((edge) => this.read(edge)), { signal });
    this.observe();
  }

  get reachesNewest() {
    return !this.list.querySelector(".newer");
  }

  covers(seq) {
    const messages = this.log.messages;
    const [first, last] = [messages[0], messages.at(-1)].map((message) => Number(message?.dataset.seq));
    return (seq > first || !this.list.querySelector(".older")) && (seq < last || this.reachesNewest);
  }

  observe() {
    for (const edge of this.list.querySelectorAll(".edge")) this.edges.observe(edge);
  }

  clicked(event) {
    const edge = event.target.closest(".edge");
    if (!edge || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.read(edge);
  }

  // An edge that is gone when its page comes was replaced: the window is elsewhere, or the room was left.
  async read(edge) {
    if (edge.ariaBusy) return;
    edge.ariaBusy = "true";
    const page = await this.fetch(new URL(edge.querySelector("a").href).search);
    edge.ariaBusy = null;
    if (!edge.isConnected) return;
    if (!page) return this.fail(edge);
    const upwards = edge.matches(".older");
    const end = page.rows.querySelector(upwards ? ".older, .log-start" : ".newer") ?? "";
    this.log.keep(() => {
      edge.replaceWith(...(upwards ? [end, ...page.messages] : [...page.messages, end]));
      this.drop();
    });
    this.put(page);
  }

  // Leaves the window for the one that `search` says. Whether that worked; the last one that was asked for wins.
  async open(search) {
    const turn = (this.turn = {});
    const page = await this.fetch(search);
    if (turn !== this.turn || !this.list.isConnected) return false;
    if (!page) return this.list.querySelectorAll(".newer").forEach((edge) => this.fail(edge));
    page.rows.querySelector(".here")?.remove();
    this.list.replaceChildren(page.rows);
    this.log.decorate();
    this.put(page);
    return true;
  }

  put({ messages, version }) {
    for (const message of messages) htmx.process(message);
    this.observe();
    this.log.put(messages, version);
  }

  async fetch(search) {
    try {
      const signal = AbortSignal.any([this.signal, AbortSignal.timeout(PATIENCE)]);
      const answer = await fetch(this.list.getAttribute("hx-get") + search, { headers: { "HX-Request": "true" }, signal });
      this.asked = askedToWait(answer);
      if (!answer.ok) return null;
      const template = Object.assign(document.createElement("template"), { innerHTML: await answer.text() });
      const messages = [...template.content.querySelectorAll("[data-seq]")];
      for (const { id } of messages) document.getElementById(id)?.matches(".pending") && document.getElementById(id).remove();
      return { rows: template.content, messages, version: Number(answer.headers.get("HX-PTag")) };
    } catch {
      return null;
    }
  }

  fail(edge) {
    edge.classList.add("failed");
    edge.querySelector("a").textContent = gettext("These messages did not come. Try again");
    if (this.asked) setTimeout(() => edge.isConnected && this.read(edge), this.asked);
  }

  // From the end that is further away; not what somebody writes in.
  drop() {
    for (let messages = this.log.messages; messages.length > MOST; messages = this.log.messages) {
      const fromTop = this.log.scrollHeight - this.log.clientHeight + this.log.scrollTop > -this.log.scrollTop;
      const dropped = fromTop ? messages.slice(0, PAGE) : messages.slice(-PAGE);
      const focused = dropped.some((message) => message.contains(document.activeElement)) && document.activeElement;
      if (focused && focused.matches("textarea, input")) return;
      this.list.querySelector(fromTop ? ".older, .log-start" : ".newer")?.remove();
      for (const message of dropped) message.remove();
      if (fromTop) messages[PAGE].before(this.edge("older", "before", messages[PAGE]));
      else messages.at(-PAGE - 1).after(this.edge("newer", "after", messages.at(-PAGE - 1)));
      if (focused) this.log.focus({ preventScroll: true });
      this.observe();
    }
  }

  edge(name, parameter, { dataset: { seq } }) {
    const row = Object.assign(document.createElement("li"), { className: `edge ${name}` });
    row.append(Object.assign(document.createElement("a"), { href: `${this.log.address}?${parameter}=${seq}`, textContent: LABELS[name] }));
    return row;
  }
}
