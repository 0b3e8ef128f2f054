// Escape closes the menu that one is in.

import { isComposing } from "./keyboard.js";

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (event.key !== "Escape" || event.defaultPrevented || isComposing(event) || !menu) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
});
