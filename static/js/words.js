// What is said in the page's language. English stands in the sources; the words of another come before every module, as `django`.

const { django } = globalThis;

// For dates and numbers: the page's language, as it is used where the person lives.
const { lang } = document.documentElement;
export const locale = navigator.languages.find((one) => one.split("-")[0] === lang) ?? lang;

export const gettext = (text) => (django ? django.gettext(text) : text);
export const ngettext = (one, many, count) => (django ? django.ngettext(one, many, count) : count === 1 ? one : many);

// Each %s in turn; the values stay as they are.
export function interpolate(text, values) {
  const left = [...values];
  return text.replace(/%s/g, () => String(left.shift()));
}
