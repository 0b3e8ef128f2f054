// Escape closes the menu that one is in; a click elsewhere closes any.

import { isComposing } from "./keyboard.js";

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (event.key !== "Escape" || event.defaultPrevented || isComposing(event) || !menu) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  const used = event.composedPath(); // what was clicked may be gone from the menu already
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!used.includes(menu)) menu.open = false;
});
