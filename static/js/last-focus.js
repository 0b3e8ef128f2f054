// Where the focus was last: what stood there may be replaced by a push, and the focus with it falls on the page.

let last = document.activeElement;
document.addEventListener("focusin", ({ target }) => (last = target));

export const wasFocused = (element) => document.activeElement === document.body && element.contains(last);
