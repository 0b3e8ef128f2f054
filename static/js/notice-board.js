// <notice-board>: tells of new messages while the page is out of sight. The sidebar says where something became unread; what it is,
// the server is asked for then. One tab speaks for all, and each closes what it showed as soon as it is read, here or elsewhere.

import { anyBlocked } from "./blocked-people.js";
import { isSpeaker, notLookedAt } from "./looking.js";
import { mayNotify } from "./notice-choice.js";
import { playForNews } from "./notice-sound.js";

const MOST = 20; // conversations told of at once; the server takes no more
const BURST = 10000; // ms in which more of a conversation only changes what is shown of it

class NoticeBoard extends HTMLElement {
  connectedCallback() {
    this.shown = new Map(); // room → { notice, seq, at }
    this.heard = new Map(); // room → the seq that was sounded last
    this.wanted = new Set(); // rooms to ask for
    this.counts = this.count();
    this.sidebar = new MutationObserver(() => this.look());
    const changes = { childList: true, subtree: true, attributeFilter: ["data-unread", "data-muted"] };
    this.sidebar.observe(document.getElementById("sidebar"), changes);
    this.ends = new AbortController();
    addEventListener("pagehide", () => this.closeAll(), { signal: this.ends.signal }); // nobody would hear a click on them
  }

  disconnectedCallback() {
    this.ends.abort();
    this.sidebar.disconnect();
    this.closeAll();
  }

  // How much is unread, by room; of those that are muted nothing is.
  count() {
    const links = document.querySelectorAll("#conversations [data-unread]:not([data-muted])");
    return new Map([...links].map((link) => [link.id.replace("conversation-", ""), Number(link.dataset.unread)]));
  }

  look() {
    const before = this.counts;
    this.counts = this.count();
    for (const room of this.shown.keys()) if (!this.counts.has(room)) this.close(room);
    const risen = [...this.counts.keys()].filter((room) => this.counts.get(room) > (before.get(room) ?? 0));
    if (risen.length && isSpeaker()) this.tell(risen.slice(0, MOST));
  }

  async tell(risen) {
    const rooms = await notLookedAt(risen);
    if (!rooms.length) return;
    // Who blocked somebody hears nothing before it is known who spoke.
    if (!anyBlocked()) playForNews();
    if (!mayNotify() && !anyBlocked()) return;
    for (const room of rooms) this.wanted.add(room);
    if (this.asking) return; // what came meanwhile is asked for together
    this.asking = true;
    while (this.wanted.size) await this.ask([...this.wanted].slice(0, MOST));
    this.asking = false;
  }

  async ask(rooms) {
    for (const room of rooms) this.wanted.delete(room);
    const address = `${this.dataset.url}?rooms=${rooms.join()}`;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
    const { notifications } = (answer?.ok && (await answer.json().catch(() => null))) || { notifications: [] };
    if (anyBlocked() && notifications.some((news) => this.isNew(news))) playForNews();
    for (const news of mayNotify() ? notifications : []) this.show(news);
  }

  isNew({ room, seq }) {
    const before = this.heard.get(room) ?? 0;
    this.heard.set(room, Math.max(before, seq));
    return seq > before;
  }

  show({ room: id, seq, title, body, url }) {
    const room = String(id);
    const last = this.shown.get(room);
    if (!this.isConnected || !this.counts.has(room) || last?.seq >= seq) return; // read meanwhile, or told already
    const renotify = !last || performance.now() - last.at > BURST;
    const notice = this.notification(title, { body, tag: `chatpoc:${url}`, renotify, silent: true });
    if (!notice) return;
    notice.onclick = () => this.open(room, url);
    notice.onclose = () => this.shown.get(room)?.notice === notice && this.shown.delete(room);
    this.shown.set(room, { notice, seq, at: performance.now() });
  }

  // The sound is ours, so that it can be off.
  notification(title, options) {
    try {
      return new Notification(title, options);
    } catch {
      return null; // Android shows only those of installed apps
    }
  }

  open(room, url) {
    window.focus();
    this.close(room);
    const link = document.getElementById(`conversation-${room}`);
    if (link) link.click();
    else location.assign(url);
  }

  close(room) {
    const { notice } = this.shown.get(room) ?? {};
    this.shown.delete(room);
    notice?.close();
  }

  closeAll() {
    for (const room of [...this.shown.keys()]) this.close(room);
  }
}

customElements.define("notice-board", NoticeBoard);
