// States: small values that the server tells outright, such as who is here. Whoever shows one follows its tag; live.js asks for
// all that are followed, and hands in what it hears. While the socket is gone nothing is known, and nothing is claimed.

const PATIENCE = 2000; // ms; a reconnect is faster than that, and dots need not blink for it

const MOST = 600; // states; a frame to the server has a limit, and who spoke long ago is out of sight

const known = new Map(); // tag → value
const followers = new Map(); // tag → functions that show it
let asked = new Set(); // what the server tells of
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

const wanted = () => [...followers.keys()].slice(-MOST);

export const followsMore = () => wanted().some((tag) => !asked.has(tag));

// What to ask for, with what is known. Others are told no more from now on, so what was known of them goes.
export function askFor() {
  asked = new Set(wanted());
  for (const tag of known.keys()) if (!asked.has(tag)) known.delete(tag);
  return Object.fromEntries([...asked].map((tag) => [tag, valueOf(tag)]));
}

export function learn(values) {
  for (const [tag, value] of Object.entries(values)) {
    known.set(tag, value);
    for (const show of followers.get(tag) ?? []) show(value);
  }
}

// What may not be followed is not known; whoever is asked for later may be told again.
document.addEventListener("live:refused", ({ detail }) => {
  learn(Object.fromEntries(detail.tags.filter((tag) => followers.has(tag)).map((tag) => [tag, ""])));
});
document.addEventListener("live:open", () => (lost = clearTimeout(lost)));
document.addEventListener("live:closed", () => {
  lost ??= setTimeout(() => learn(Object.fromEntries([...known.keys()].map((tag) => [tag, ""]))), PATIENCE);
});
