// Where the focus was last: what stood there may be replaced by a push, and the focus with it falls on the page.

let last = null;
document.addEventListener("focusin", ({ target }) => (last = target));

export const wasFocused = (element) => document.activeElement === document.body && Boolean(last) && element.contains(last);
export const lastFocus = () => last;
