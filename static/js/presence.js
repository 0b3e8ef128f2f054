// Tells the server whether this page is in use. Somebody is away when none of their pages is.

import { send } from "./live.js";

const IDLE = 5 * 60 * 1000; // ms without input, or out of sight
const INPUT = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "focus", "scroll"];

let usedAt = Date.now();
let told = null; // what the server knows; it waits a second for the first word of a new socket
let timer = null;

function tell(active) {
  if (told !== active && send({ active })) told = active;
}

function look() {
  clearTimeout(timer);
  const left = usedAt + IDLE - Date.now();
  tell(left > 0);
  if (left > 0) timer = setTimeout(look, left);
}

function used() {
  if (document.hidden) return;
  const away = Date.now() - usedAt >= IDLE;
  usedAt = Date.now();
  if (away) look();
}

for (const name of INPUT) addEventListener(name, used, { capture: true, passive: true });
// Who looks away used the page until now; who looks at it again uses it.
document.addEventListener("visibilitychange", () => {
  if (document.hidden && Date.now() - usedAt < IDLE) usedAt = Date.now();
  used();
  look();
});
document.addEventListener("live:open", () => {
  told = null;
  look();
});
