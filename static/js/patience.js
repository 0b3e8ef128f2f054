// The server may ask to wait: with 429 where it was too much at once, with 503 where it cannot just now. Both say how long.

// In ms; 0 where it does not ask, or does not say how long.
export function askedToWait(response) {
  const seconds = [429, 503].includes(response?.status) ? Number(response.headers.get("Retry-After")) : 0;
  return seconds > 0 ? seconds * 1000 : 0;
}
