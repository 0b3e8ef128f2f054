// Sends what lies in the outbox: of every room, whichever is open, in the order it was typed and one after the other; while one of a
// room's letters found no connection, those after it wait. Says on the document what becomes of them: `outbox` ({letter, html}).

import { csrfToken } from "./csrf.js";
import { forget, letters, lettersTo, note } from "./outbox.js";
import { gettext, interpolate } from "./words.js";

const PATIENCE = 20000; // ms that an answer may take
const RETRIES = [2000, 5000, 15000]; // ms between tries, where nothing else says that the server is back

const rounds = new Set(); // rooms whose letters go out just now
const underWay = new Set(); // client ids
let timer = null;
let tries = 0;

const say = (letter, html) => document.dispatchEvent(new CustomEvent("outbox", { detail: { letter, html } }));
export const isUnderWay = (letter) => underWay.has(letter.clientId);

// Those that were refused wait for the person.
export async function carry(room) {
  if (rounds.has(room)) return; // it takes along what comes meanwhile
  rounds.add(room);
  try {
    for (let letter = next(room); letter; letter = next(room)) if (!(await deliver(letter))) break;
  } finally {
    rounds.delete(room);
  }
}

function carryAll() {
  clearTimeout(timer);
  timer = null;
  for (const room of new Set(letters().map((letter) => letter.room))) carry(room);
}

const next = (room) => lettersTo(room).find((letter) => !letter.final);

// Returns whether the next one may go.
async function deliver(letter) {
  underWay.add(letter.clientId);
  say(letter);
  const { html, reason, final } = await post(letter);
  underWay.delete(letter.clientId);
  if (html) forget(letter);
  else note(letter, { reason, final });
  say(letter, html);
  if (html) tries = 0;
  else if (!final) wait(letter.room);
  return Boolean(html || final);
}

function wait(room) {
  if (!timer) {
    timer = setTimeout(carryAll, RETRIES[Math.min(tries, RETRIES.length - 1)]);
    tries += 1; // of all rooms together
  }
  for (const letter of lettersTo(room)) {
    if (letter.reason) continue;
    note(letter, { reason: gettext("Not sent: it waits for the one before.") });
    say(letter);
  }
}

// Resolves to {html} or to {reason, final}; a reason that is not final may be gone at the next try.
async function post(letter) {
  let response;
  try {
    response = await fetch(letter.action, {
      method: "POST",
      headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() },
      body: new URLSearchParams({ body: letter.body, client_id: letter.clientId }),
      signal: AbortSignal.timeout(PATIENCE),
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

document.addEventListener("live:open", carryAll);
addEventListener("online", carryAll);
carryAll();
