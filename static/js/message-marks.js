// What a message says of itself in words: that it was edited, and when; that it was deleted. The server's HTML has no words.

import { full, short } from "./clocks.js";
import { gettext, interpolate } from "./words.js";

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
  made.dataset.when = short(at, said);
  return made;
}
