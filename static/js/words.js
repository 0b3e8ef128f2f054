// What is said in the page's language. English stands in the sources; the words of another come before every module, as `django`.

const { django } = globalThis;

// For dates and numbers: the page's language, as it is used where the person lives; the clock is theirs in any language.
const { lang } = document.documentElement;
const { hourCycle } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
const spoken = navigator.languages.find((one) => one.split("-")[0] === lang) ?? lang;
export const locale = new Intl.Locale(spoken, { hourCycle }).toString();

export const gettext = (text) => (django ? django.gettext(text) : text);
export const ngettext = (one, many, count) => (django ? django.ngettext(one, many, count) : count === 1 ? one : many);

// A text with these elements in the places of its %s; those that it has no place for are left out.
export function around(text, elements) {
  const [first, ...parts] = text.split("%s");
  return [first, ...parts.flatMap((part, index) => [elements[index] ?? "", part])];
}

// Each %s in turn; the values stay as they are.
export function interpolate(text, values) {
  const left = [...values];
  return text.replace(/%s/g, () => String(left.shift()));
}
