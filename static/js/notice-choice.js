// What this browser may do when a message comes while one looks elsewhere: show a notification, play a sound. Kept in this browser.
// It sends `notices:changed` on the document when it changes, here or in another tab.

const NOTICES = "notices";
const SOUND = "sound";

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // forbidden: then it is as if nothing was chosen
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It is forgotten with the page.
  }
  changed();
}

const changed = () => document.dispatchEvent(new Event("notices:changed"));
addEventListener("storage", ({ key }) => [NOTICES, SOUND, null].includes(key) && changed());

export const permission = () => (("Notification" in window && isSecureContext) ? Notification.permission : "unknown");
export const mayNotify = () => permission() === "granted" && read(NOTICES) !== "off";
export const maySound = () => read(SOUND) !== "off";
export const isInvited = () => permission() === "default" && read(NOTICES) === null;

export const chooseSound = (on) => write(SOUND, on ? "on" : "off");
export const dismiss = () => write(NOTICES, "off");

// Only ever on a click: a browser asks its owner, who should know why.
export async function chooseNotices(on) {
  if (on && permission() === "default") await Notification.requestPermission();
  write(NOTICES, on && permission() === "granted" ? "on" : "off");
}
