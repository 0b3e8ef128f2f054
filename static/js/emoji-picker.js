// The picker under our policy, which allows neither the <style> nor the style attributes that it would write: its rules become a
// constructed sheet before it meets the document, and what it sets as attributes is set as properties.

import Picker from "../vendor/emoji-picker-element-1.29.1/picker.js";
import { pickerWords } from "./emoji-words.js";

const { setAttribute } = Element.prototype;

Element.prototype.setAttribute = function (name, value) {
  if (name === "style" && this.getRootNode() !== document) this.style.cssText = value; // in its shadow, or not yet anywhere
  else setAttribute.call(this, name, value);
};

export function makePicker(dataSource) {
  const picker = new Picker({ dataSource, i18n: pickerWords() });
  const style = picker.shadowRoot.querySelector("style");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style.textContent);
  picker.shadowRoot.adoptedStyleSheets = [sheet];
  style.remove();
  return picker;
}
