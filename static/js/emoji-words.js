// What the emoji picker says.

import { gettext } from "./words.js";

export const pickerWords = () => ({
  categoriesLabel: gettext("Categories"),
  emojiUnsupportedMessage: gettext("Your browser does not support color emoji."),
  favoritesLabel: gettext("Favorites"),
  loadingMessage: gettext("Loading…"),
  networkErrorMessage: gettext("Could not load emoji."),
  regionLabel: gettext("Emoji picker"),
  searchDescription: gettext("When search results are available, press up or down to select and enter to choose."),
  searchLabel: gettext("Search"),
  searchResultsLabel: gettext("Search results"),
  skinToneDescription: gettext("When expanded, press up or down to select and enter to choose."),
  skinToneLabel: gettext("Choose a skin tone (currently {skinTone})"),
  skinTonesLabel: gettext("Skin tones"),
  skinTones: [
    gettext("Default"),
    gettext("Light"),
    gettext("Medium-Light"),
    gettext("Medium"),
    gettext("Medium-Dark"),
    gettext("Dark"),
  ],
  categories: {
    custom: gettext("Custom"),
    "smileys-emotion": gettext("Smileys and emoticons"),
    "people-body": gettext("People and body"),
    "animals-nature": gettext("Animals and nature"),
    "food-drink": gettext("Food and drink"),
    "travel-places": gettext("Travel and places"),
    activities: gettext("Activities"),
    objects: gettext("Objects"),
    symbols: gettext("Symbols"),
    flags: gettext("Flags"),
  },
});
