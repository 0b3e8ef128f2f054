// What was typed and is not on the server yet: letters, which postman.js carries. They are kept in the browser, so that neither a
// reload nor a move to another conversation loses them; sending the same again is safe, since the client id names one message for ever.

const viewer = document.querySelector("[data-viewer]")?.dataset.viewer;
const PREFIX = `outbox:${viewer}:`;
const unkept = new Map(); // those that the browser's storage did not take: they last as long as the page

// A UUID; `crypto.randomUUID` exists on https and localhost only.
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

export function keep(letter) {
  const key = PREFIX + letter.clientId;
  try {
    localStorage.setItem(key, JSON.stringify(letter));
    unkept.delete(key);
  } catch {
    unkept.set(key, letter); // storage is full or forbidden
  }
}

// What became of it. Not of one that was sent or taken back meanwhile, here or in another tab: it would come to life again.
export function note(letter, news) {
  const key = PREFIX + letter.clientId;
  if (unkept.has(key) || localStorage.getItem(key)) keep(Object.assign(letter, news));
}

export function forget(letter) {
  unkept.delete(PREFIX + letter.clientId);
  localStorage.removeItem(PREFIX + letter.clientId);
}

// All of them, in the order they were typed.
export function letters() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const kept = keys.map((key) => JSON.parse(localStorage.getItem(key)));
  return [...kept, ...unkept.values()].sort((one, other) => one.writtenAt - other.writtenAt);
}

export const lettersTo = (room) => letters().filter((letter) => letter.room === room);

// Whether something that was typed for the room is kept: a draft, or what could not be sent.
export const isKept = (room) => Boolean(localStorage.getItem(`draft:${viewer}:${room}`)) || lettersTo(room).length > 0;
