// What a message says of itself in words: that it was edited, and when; that it was deleted. The server's HTML has no words.

import { gettext, interpolate, locale } from "./words.js";

const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const dayAndClock = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });

export function mark(message) {
  const { deleted, edited } = message.dataset;
  if (deleted !== undefined) message.querySelector(".message-body").dataset.words = gettext("Message deleted");
  else if (edited) message.querySelector(".message-head").append(" ", editedMark(new Date(edited), message.at));
}

function editedMark(at, said) {
  const made = document.createElement("span");
  made.className = "message-edited";
  made.textContent = gettext("edited");
  made.title = interpolate(gettext("Edited %s"), [full.format(at)]);
  made.dataset.when = (at.toDateString() === said.toDateString() ? clock : dayAndClock).format(at);
  return made;
}
