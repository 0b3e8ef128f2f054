// What is being read stays where it is. The log is a reversed column, so that nothing above moves it, and at its end it follows
// what is said; what changes below is made good by the browser's scroll anchoring. Not at the end itself, and not in every
// browser: there it is done here.

const ANCHORS = CSS.supports("overflow-anchor", "auto");

const topOf = (element) => element.getBoundingClientRect().top;

// The first message of which something is in sight; they stand in order, so half of them is left out at each look.
export function messageInSight(log) {
  const messages = log.messages;
  const top = topOf(log);
  let [from, to] = [0, messages.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (messages[middle].getBoundingClientRect().bottom > top) to = middle;
    else from = middle + 1;
  }
  return messages[from];
}

export function placeOf(log) {
  const message = messageInSight(log);
  return message && { seq: message.dataset.seq, top: topOf(message) - topOf(log) };
}

export function goTo(log, { seq, top }) {
  const message = log.messageAt(seq);
  if (message) log.scrollTop += topOf(message) - topOf(log) - top;
}

// Returns what puts the message in sight back to its place, after a change.
export function hold(log) {
  if (ANCHORS && log.scrollTop !== 0) return () => {};
  const place = placeOf(log);
  return () => place && goTo(log, place);
}
