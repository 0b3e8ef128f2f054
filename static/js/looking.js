// Which conversations this person's tabs are looked at, and which of the tabs out of sight speaks for all of them. Locks tell: they
// end with their tab, however that ends. Where there are none (a page without TLS), a tab knows of itself alone.

const { locks } = navigator;
const { viewer } = document.querySelector(".shell").dataset;
const LOOKED_AT = `chatpoc:looks:${viewer}:`;
const SPEAKING = `chatpoc:speaks:${viewer}`;

// Waits for a lock, and holds it until it is let go.
class Held {
  constructor(name, mode) {
    this.name = name;
    this.ends = new AbortController();
    this.letGo = new Promise((done) => (this.done = done));
    const got = () => ((this.has = true), this.letGo);
    locks?.request(name, { mode, signal: this.ends.signal }, got).catch(() => {}); // let go while it waited
  }

  end() {
    this.has = false;
    this.done();
    this.ends.abort();
  }
}

let held = null;

const room = () => location.pathname.match(/^\/rooms\/(\d+)\//)?.[1];

function look() {
  const [name, mode] = document.hidden ? [SPEAKING, "exclusive"] : [LOOKED_AT + (room() ?? ""), "shared"];
  if (held?.name === name) return;
  held?.end();
  held = new Held(name, mode);
}

export const isSpeaker = () => document.hidden && (!locks || Boolean(held?.has));

export async function notLookedAt(rooms) {
  const taken = new Set(locks ? (await locks.query()).held.map(({ name }) => name) : []);
  return rooms.filter((room) => !taken.has(LOOKED_AT + room));
}

document.addEventListener("visibilitychange", look);
document.addEventListener("htmx:after:swap", look);
look();
