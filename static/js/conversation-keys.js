// Alt+↑ and Alt+↓ go to the previous and next conversation of the sidebar; with Shift to those with something unread.

import { isTyping } from "./keyboard.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1 };

function step(by, unread) {
  const all = [...document.querySelectorAll("#conversations a.conversation")];
  const here = all.findIndex((link) => link.hasAttribute("aria-current"));
  const start = here < 0 && by < 0 ? all.length : here;
  if (!unread) return all[start + by];
  const others = all.map((_, index) => all.at((start + by * (index + 1) + 2 * all.length) % all.length)); // once round
  return others.find((link) => "unread" in link.dataset && !("muted" in link.dataset));
}

document.addEventListener("keydown", (event) => {
  const by = STEPS[event.key];
  if (!by || !event.altKey || event.ctrlKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (isTyping(event) && !event.target.closest("chat-composer")) return; // in a list of choices it opens the list, say
  event.preventDefault();
  const link = step(by, event.shiftKey);
  link?.scrollIntoView({ block: "nearest" });
  link?.click();
});
