// What a message shows because of the one before it, and of who looks: attributes, for CSS.

import { clock } from "./clocks.js";
import { mark } from "./message-marks.js";
import { gettext, locale } from "./words.js";

const TOGETHER = 5 * 60 * 1000; // ms; messages of one author within this stand as one group
const SILENCE = 60 * 60 * 1000; // ms; after this the time stands between two messages

const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat(locale, { dateStyle: "long" });

function dayName(at) {
  const now = new Date();
  if (at.toDateString() === now.toDateString()) return gettext("Today");
  now.setDate(now.getDate() - 1);
  if (at.toDateString() === now.toDateString()) return gettext("Yesterday");
  return (at.getFullYear() === now.getFullYear() ? day : dayOfYear).format(at);
}

function set(message, name, text) {
  if (text) message.setAttribute(name, text);
  else message.removeAttribute(name);
}

export function place(message, before, viewer) {
  if (!message.at) prepare(message);
  const sameDay = before && before.at.toDateString() === message.at.toDateString();
  const since = message.at - before?.at;
  const isSaid = message.dataset.event === undefined; // a line about the room stands alone, whoever did it
  const mine = isSaid && message.dataset.author === viewer;
  const goesOn = isSaid && before?.dataset.event === undefined && before?.dataset.author === message.dataset.author;
  const follows = Boolean(sameDay && goesOn && since < TOGETHER);
  message.toggleAttribute("data-mine", mine);
  message.toggleAttribute("data-follows", follows);
  set(message, "data-day", !sameDay && dayName(message.at));
  set(message, "data-silence", sameDay && since >= SILENCE && clock.format(message.at));
}

// The links of a message are for the keyboard when it has the focus (see message-keys.js).
function prepare(message) {
  message.at = new Date(message.querySelector(".permalink local-time").getAttribute("datetime"));
  for (const link of message.querySelectorAll("a")) link.tabIndex = -1;
  mark(message);
}
