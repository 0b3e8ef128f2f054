export const gettext = (text) => text;
export const ngettext = (one, many, n) => (n === 1 ? one : many);
export const interpolate = (text, values) => text.replace(/%s/g, () => String(values.shift()));
