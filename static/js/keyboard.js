// What the keys are called on this machine, and when a key is meant for a field.

export const isApple = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform);

// On a Mac Ctrl-K means something to every text field; ⌘ is the key for commands there, and Ctrl elsewhere.
export function isCommand(event, letter) {
  const commands = isApple ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (!commands || event.altKey || event.shiftKey) return false;
  const typed = event.key.toLowerCase();
  return typed === letter || (!/^[a-z]$/.test(typed) && event.code === `Key${letter.toUpperCase()}`); // other alphabets
}

// Enter and Escape that end a composition are no commands. Safari says so only with an old number.
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

export const isTyping = ({ target }) => Boolean(target.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]"));

// <kbd data-mod>, data-alt, data-shift, data-delete: filled in with this machine's names; data-key="K" is a command.
const NAMES = isApple ? { mod: "⌘", alt: "⌥", shift: "⇧", delete: "⌫" } : { mod: "Ctrl", alt: "Alt", shift: "Shift", delete: "Del" };

export function nameKeys(root) {
  for (const key of root.querySelectorAll("kbd")) {
    const name = Object.keys(NAMES).find((name) => name in key.dataset);
    if (name) key.textContent = NAMES[name];
    if (!key.dataset.key) continue;
    key.textContent = isApple ? `${NAMES.mod}${key.dataset.key}` : `${NAMES.mod} ${key.dataset.key}`;
    key.hidden = false;
  }
}
