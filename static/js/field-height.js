// A field as tall as its text, up to its max-height. Where the browser knows `field-sizing`, the style sheet does it, for less.

const known = CSS.supports("field-sizing", "content");

export function fit(field) {
  if (known) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
