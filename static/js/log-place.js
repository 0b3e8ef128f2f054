// What is being read stays where it is. The log is a reversed column, so that nothing above moves it, and at its end it follows
// what is said; what is said or edited below is made good by the browser's scroll anchoring, which whole pages are too much for:
// with them, and where a browser has no such thing, it is done here.

export const ANCHORS = CSS.supports("overflow-anchor", "auto");

const bottomOf = (element) => element.getBoundingClientRect().bottom;

// The first message of which something is in sight; they stand in order, so half of them is left out at each look.
export function messageInSight(log) {
  const messages = log.messages;
  const top = log.getBoundingClientRect().top;
  let [from, to] = [0, messages.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (bottomOf(messages[middle]) > top) to = middle;
    else from = middle + 1;
  }
  return messages[from];
}

const below = (log, message) => bottomOf(message) - log.getBoundingClientRect().top;

// Of its lower end, since the upper one may change with the message above it: a day line, a name.
export function placeOf(log) {
  const message = messageInSight(log);
  return message && { seq: message.dataset.seq, below: below(log, message) };
}

export function goTo(log, place) {
  const message = log.messageAt(place.seq);
  const off = message ? below(log, message) - place.below : 0;
  if (Math.abs(off) >= 0.5) log.scrollTop += off; // else it would end a scroll that is under way
}

// Returns what puts the message in sight back to its place, after a change.
export function hold(log) {
  const place = placeOf(log);
  return () => place && goTo(log, place);
}
