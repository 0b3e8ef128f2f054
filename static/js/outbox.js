// What was typed and is not on the server yet. It is kept in the browser, so that neither a reload nor a move to another
// conversation loses it; sending the same again is safe, since the client id names one message for ever.

import { csrfToken } from "./csrf.js";
import { gettext, interpolate } from "./words.js";

const viewer = document.querySelector("[data-viewer]")?.dataset.viewer;
const PREFIX = `outbox:${viewer}:`;
const sending = new Map(); // room → promise of the last send, so that a room's messages go out in order

// A UUID; `crypto.randomUUID` exists on https and localhost only.
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

export function keep(letter) {
  try {
    localStorage.setItem(PREFIX + letter.clientId, JSON.stringify(letter));
  } catch {
    // Storage is full or forbidden: the pending message on the page holds the text.
  }
}

export function forget(letter) {
  localStorage.removeItem(PREFIX + letter.clientId);
}

export function lettersTo(room) {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => JSON.parse(localStorage.getItem(key)))
    .filter((letter) => letter.room === room)
    .sort((one, other) => one.writtenAt - other.writtenAt);
}

// Whether something that was typed for the room is kept: a draft, or what could not be sent.
export const isKept = (room) => Boolean(localStorage.getItem(`draft:${viewer}:${room}`)) || lettersTo(room).length > 0;

// A room's messages go out in the order they were typed: while one found no connection, those after it wait.
const waits = (letter) =>
  lettersTo(letter.room).some((other) => other.reason && !other.final && other.writtenAt < letter.writtenAt);

// Resolves to {html} or to {reason, final}; a reason that is not final may be gone at the next try.
export function send(letter, action) {
  const turn = (sending.get(letter.room) ?? Promise.resolve()).then(() =>
    waits(letter) ? { reason: gettext("Not sent: it waits for the one before.") } : post(letter, action),
  );
  sending.set(letter.room, turn);
  return turn;
}

async function post(letter, action) {
  let response;
  try {
    response = await fetch(action, {
      method: "POST",
      headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() },
      body: new URLSearchParams({ body: letter.body, client_id: letter.clientId }),
      signal: AbortSignal.timeout(20000),
    });
    const text = await response.text();
    if (response.status === 201) return { html: text };
    if (response.status === 401) return { reason: gettext("Not sent: you are signed out."), final: true };
    if (response.status === 404) return { reason: gettext("Not sent: this conversation is no longer yours."), final: true };
    if (response.status < 500 && response.headers.get("Content-Type")?.startsWith("text/plain")) {
      return { reason: interpolate(gettext("Not sent. %s"), [text]), final: true };
    }
  } catch {
    return { reason: gettext("Not sent: no connection.") };
  }
  return { reason: gettext("Not sent: the server could not take it.") };
}
