// How long the server asked to wait before the next try, in ms, and a little more, so that not all come at once; null if it did not.

export function askedToWait(response) {
  const seconds = Number(response?.headers.get("Retry-After"));
  return seconds > 0 ? seconds * 1000 * (1 + Math.random() / 2) : null;
}
