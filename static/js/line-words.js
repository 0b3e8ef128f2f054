// What a moderator did, in words. The server's HTML of a line says it in attributes, since it goes to everyone in any language.

import { around, gettext } from "./words.js";

const SENTENCES = {
  removed: gettext("%s removed %s from the room"),
  silenced: gettext("%s muted %s until %s"),
  unsilenced: gettext("%s unmuted %s"),
  opened: gettext("%s opened the room: anyone can join it"),
  closed: gettext("%s closed the room: only who is invited comes in"),
  archived: gettext("%s archived the room"),
  reopened: gettext("%s reopened the room"),
};

// Whom it is about may be gone.
export function sayLine(line) {
  const sentence = SENTENCES[line.dataset.event];
  const words = line.querySelector(".line-words");
  if (!sentence || !words.querySelector(".line-event")) return;
  const about = words.querySelector(".line-about") ?? gettext("somebody");
  words.replaceChildren(...around(sentence, [words.querySelector(".message-author"), about, words.querySelector(".line-until")]));
}

export function heardOf(line) {
  const reason = line.querySelector(".line-reason")?.textContent;
  return [line.querySelector(".line-words").textContent, reason].filter(Boolean).join(": ");
}
