// Marks the conversations in the sidebar that hold messages which are not sent. The server knows nothing of them.

import { letters } from "./outbox.js";
import { gettext } from "./words.js";

function mark() {
  const rooms = new Set(letters().filter((letter) => letter.reason).map((letter) => `conversation-${letter.room}`));
  for (const link of document.querySelectorAll("#conversations .conversation")) {
    const unsent = rooms.has(link.id);
    if (unsent === link.hasAttribute("data-unsent")) continue;
    link.toggleAttribute("data-unsent", unsent);
    if (unsent) link.setAttribute("aria-description", gettext("Has messages that are not sent"));
    else link.removeAttribute("aria-description");
  }
}

document.addEventListener("outbox", mark);
document.addEventListener("htmx:after:swap", mark);
addEventListener("storage", mark);
mark();
