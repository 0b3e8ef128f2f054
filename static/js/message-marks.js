// What a message says of itself in words: that it was edited, and when; that it was deleted, and by whom; what a moderator did. The
// server's HTML has no words.

import { full, short } from "./clocks.js";
import { sayLine } from "./line-words.js";
import { gettext, interpolate } from "./words.js";

export function mark(message) {
  const { deleted, edited, event } = message.dataset;
  if (event) sayLine(message);
  else if (deleted !== undefined) message.querySelector(".message-body").dataset.words = deletedBy(deleted, message.querySelector(".because"));
  else if (edited) message.querySelector(".message-head").append(" ", editedMark(new Date(edited), message.at));
}

function deletedBy(whom, because) {
  if (whom !== "moderator") return gettext("Message deleted");
  return because ? gettext("Deleted by a moderator:") : gettext("Deleted by a moderator");
}

function editedMark(at, said) {
  const made = document.createElement("span");
  made.className = "message-edited";
  made.textContent = gettext("edited");
  made.title = interpolate(gettext("Edited %s"), [full.format(at)]);
  made.dataset.when = short(at, said);
  return made;
}
