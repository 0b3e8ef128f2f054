// Sends what lies in the outbox: of every room, whichever is open, in the order it was typed and one after the other; while one of a
// room's letters found no connection, those after it wait. Says on the document what becomes of them: `outbox` ({letter, html, held}).

import { csrfToken } from "./csrf.js";
import { forget, letters, lettersTo, note } from "./outbox.js";
import { askedToWait } from "./patience.js";
import { gettext, interpolate } from "./words.js";

const PATIENCE = 20000; // ms that an answer may take
const RETRIES = [2000, 5000, 15000]; // ms between tries, where nothing else says that the server is back
const WAITS = {
  429: gettext("You are sending fast; this goes out in %s s."),
  503: gettext("The server is busy; this goes out in %s s."),
};

const rounds = new Set(); // rooms whose letters go out just now
const underWay = new Set(); // client ids
let timer = null;
let tries = 0;
let asked = null; // to wait, by the server: until when, by performance.now(), and with which status

const say = (letter, html, held) => document.dispatchEvent(new CustomEvent("outbox", { detail: { letter, html, held } }));
export const isUnderWay = (letter) => underWay.has(letter.clientId);

// Those that were refused wait for the person; and who presses a button to try again need not wait.
export async function carry(room, { hurried = false } = {}) {
  if (rounds.has(room)) return; // it takes along what comes meanwhile
  if (asked && !hurried) return standInLine(room);
  rounds.add(room);
  try {
    for (let letter = next(room); letter; letter = next(room)) if (!(await deliver(letter))) break;
  } finally {
    rounds.delete(room);
  }
}

function carryAll() {
  if (asked) return;
  clearTimeout(timer);
  timer = null;
  for (const room of new Set(letters().map((letter) => letter.room))) carry(room);
}

const next = (room) => lettersTo(room).find((letter) => !letter.final);

// Returns whether the next one may go.
async function deliver(letter) {
  underWay.add(letter.clientId);
  say(letter);
  const { html, held, reason, final, pause } = await post(letter);
  const taken = Boolean(html || held);
  underWay.delete(letter.clientId);
  if (taken) forget(letter);
  else note(letter, { reason, final });
  say(letter, html, held);
  if (taken) tries = 0;
  else if (!final) wait(letter.room, pause);
  return Boolean(taken || final);
}

// `pause`: for how long the server asked to wait, in ms.
function wait(room, pause) {
  if (pause) {
    clearTimeout(timer);
    timer = setTimeout(() => ((asked = null), carryAll()), pause);
  } else if (!timer) {
    timer = setTimeout(carryAll, RETRIES[Math.min(tries, RETRIES.length - 1)]);
    tries += 1; // of all rooms together
  }
  standInLine(room);
}

function standInLine(room) {
  const line = lettersTo(room).filter((letter) => !letter.final);
  for (const letter of line) {
    if (letter.reason) continue;
    note(letter, { reason: asked && letter === line[0] ? goesOutIn() : inLine() });
    say(letter);
  }
}

const inLine = () => (asked ? gettext("This goes out after the one before.") : gettext("Not sent: it waits for the one before."));

const goesOutIn = () => interpolate(WAITS[asked.status], [Math.max(1, Math.ceil((asked.until - performance.now()) / 1000))]);

// Resolves to {html}, to {held} where a moderator looks at it first, or to {reason, final, pause}; a reason that is not final may be gone at the next try.
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
    if (response.status === 202) return { held: true };
    if (response.status === 401) return { reason: gettext("Not sent: you are signed out."), final: true };
    if (response.status === 404) return { reason: gettext("Not sent: this conversation is no longer yours."), final: true };
    const pause = askedToWait(response);
    if (pause) {
      asked = { until: performance.now() + pause, status: response.status };
      return { reason: goesOutIn(), pause };
    }
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
