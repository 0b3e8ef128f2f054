// Emoji by name, from the picker's own data: fetched when first asked for, kept by the browser from then on.

const SHOWN = 6;

let opening = null;

function opened(source) {
  opening ??= import("../vendor/emoji-picker-element-1.29.1/database.js").then(async ({ default: Database }) => {
    const database = new Database({ dataSource: source });
    await database.ready();
    return database;
  });
  return opening.catch((trouble) => {
    opening = null; // the next one tries again
    throw trouble;
  });
}

// In the skin tone that was chosen in the picker; and noted there as used.
async function toned(database, emoji) {
  database.incrementFavoriteEmojiCount(emoji.unicode);
  const tone = emoji.skins && (await database.getPreferredSkinTone());
  return emoji.skins?.find((skin) => skin.tone === tone)?.unicode ?? emoji.unicode;
}

function named(emoji, start) {
  const name = emoji.shortcodes.find((shortcode) => shortcode.startsWith(start));
  return { name: name ?? emoji.shortcodes[0], unicode: emoji.unicode, place: name === start ? 0 : name ? 1 : 2 };
}

// [{name, unicode}]: the name itself, then those that begin so, short ones first, then those that mean so.
export async function find(source, start) {
  const database = await opened(source);
  const found = await database.getEmojiBySearchQuery(start.replaceAll("_", " "));
  const names = found.filter((emoji) => emoji.shortcodes?.length).map((emoji) => named(emoji, start));
  return names.sort((one, other) => one.place - other.place || one.name.length - other.name.length).slice(0, SHOWN);
}

export async function byName(source, name) {
  const database = await opened(source);
  const emoji = await database.getEmojiByShortcode(name);
  return emoji && toned(database, emoji);
}

// Puts it in as if it had been typed, so that it can be undone, and the draft follows.
export function insert(field, text, start = field.selectionStart) {
  field.focus();
  field.setSelectionRange(start, field.selectionEnd);
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, start, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
