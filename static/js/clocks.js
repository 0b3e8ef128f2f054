// How times are written: in the page's language, by the reader's clock.

import { locale } from "./words.js";

export const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const dayAndClock = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
export const full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });

// The time alone, if it was on the same day as `other`.
export const short = (at, other = new Date()) => (at.toDateString() === other.toDateString() ? clock : dayAndClock).format(at);
