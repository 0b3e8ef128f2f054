// States: small values that the server tells outright, such as who is here. Whoever shows one follows its tag; live.js asks for
// all that are followed, and hands in what it hears. While the socket is gone nothing is known, and nothing is claimed.

const PATIENCE = 2000; // ms; a reconnect is faster than that, and dots need not blink for it

const known = new Map(); // tag → value
const followers = new Map(); // tag → functions that show it
let lost = null;

// Returns what ends it. `show` gets each new value, and "" for unknown.
export function follow(tag, show) {
  if (!followers.has(tag)) followers.set(tag, new Set());
  followers.get(tag).add(show);
  show(known.get(tag) ?? "");
  document.dispatchEvent(new Event("live:follow"));
  return () => {
    followers.get(tag)?.delete(show);
    if (followers.get(tag)?.size === 0) followers.delete(tag);
  };
}

export const valueOf = (tag) => known.get(tag) ?? "";

// What to ask for, with what is known. Others are told no more from now on, so what was known of them goes.
export function followed() {
  for (const tag of known.keys()) if (!followers.has(tag)) known.delete(tag);
  return Object.fromEntries([...followers.keys()].map((tag) => [tag, valueOf(tag)]));
}

export function learn(values) {
  for (const [tag, value] of Object.entries(values)) {
    known.set(tag, value);
    for (const show of followers.get(tag) ?? []) show(value);
  }
}

document.addEventListener("live:open", () => (lost = clearTimeout(lost)));
document.addEventListener("live:closed", () => {
  lost ??= setTimeout(() => learn(Object.fromEntries([...known.keys()].map((tag) => [tag, ""]))), PATIENCE);
});
