// The browser's side of the live engine. An element with `data-tags` says what it was rendered from, as {tag: version};
// this module tells the server what is on the page, and triggers `stale` on the elements whose version is behind.
// It sends events of its own on the document: `live:open`, `live:closed` ({code}), `live:refused` ({tags}), `live:error`,
// `live:typing` ({tag: {person: name}}).

import { askedToWait } from "./patience.js";
import { askFor, followsMore, learn } from "./states.js";

const SILENCE = 45000; // ms; the server says something at least every 20 s
const ANSWER = 4000; // ms that a woken page gives its socket to answer before it opens another
const SIGNED_OUT = 4401; // the close code
const TOO_FAST = 4029; // the same
const COOL = 30000; // ms after which a page that was too fast connects again, more or less: many were, at a restart
const COOKIE = 300; // ms until the answer that changed the session has brought its cookie to the browser
const PACE = 250; // ms between two fetches of an element, at least
const SPREAD = 500; // ms over which pages fetch what a whole type made stale, so that they do not come all at once
const GATHERED = 1000; // ms that a new dot waits for the watch of a fragment to take it along
const RETRIES = [1000, 2000, 5000, 10000, 30000]; // ms between tries to fetch what is out of date

let connection = null;
let watched = "";
const compared = new WeakSet(); // elements whose versions the server was asked about; a hint before that went past them
let heardAt = 0;
let doubted = false; // whether this browser is still signed in
let again = null; // what was too much at once is said again after a while
let restored = false; // from the browser's memory, as it was left
let following = null; // states that somebody began to follow are asked for together

const say = (name, detail = {}) => document.dispatchEvent(new CustomEvent(name, { detail }));
export const tagsOf = (element) => JSON.parse(element.dataset.tags);
const elements = () => [...document.querySelectorAll("[data-tags]")];

// Where two elements show the same tag at different versions, one of them is behind: an empty version finds out which.
function tagsOnPage() {
  const tags = {};
  for (const element of elements()) {
    for (const [tag, version] of Object.entries(tagsOf(element))) tags[tag] = (tags[tag] ?? version) === version ? version : "";
  }
  return tags;
}

function watch() {
  const tags = tagsOnPage();
  watched = Object.keys(tags).sort().join();
  for (const element of elements()) compared.add(element);
  send({ watch: { ...tags, ...askFor() } });
}

function watchWhatChanged() {
  if (Object.keys(tagsOnPage()).sort().join() !== watched || elements().some((element) => !compared.has(element))) watch();
}

// A dot that is new on the page mostly comes with a fragment, for which the page watches anyway; if not, it waits a little.
function watchWhatIsFollowed() {
  following ??= setTimeout(() => {
    following = null;
    if (followsMore()) watch();
  }, GATHERED);
}

// Returns whether it went out; what is not sent is not kept.
export function send(frame) {
  if (connection?.socket?.readyState !== WebSocket.OPEN) return false;
  connection.socket.send(JSON.stringify(frame));
  return true;
}

// The first hint fetches at once, those that follow within PACE fetch once more together. While a fetch is in flight htmx
// keeps one more for afterwards.
function refetch(element) {
  if (element.paced) return;
  const wait = (element.fetchedAt ?? -PACE) + PACE - performance.now();
  const fetchNow = () => {
    element.paced = null;
    element.fetchedAt = performance.now();
    if (element.isConnected) htmx.trigger(element, "stale");
  };
  if (wait > 0) element.paced = setTimeout(fetchNow, wait);
  else fetchNow();
}

// While one is fetched, the person may have had it sorted, or looked for something else: what was shown before is not put back.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.dataset?.tags) ctx.shown = ctx.sourceElement.getAttribute("hx-get");
});
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx?.shown && ctx.shown !== ctx.sourceElement.getAttribute("hx-get")) event.preventDefault();
});

// Many pages show this: each comes at a moment of its own within `over` ms. What is waiting already stays where it is.
function refetchWithin(element, over) {
  if (!over) return refetch(element);
  element.spread ??= setTimeout(() => {
    element.spread = null;
    refetch(element);
  }, Math.random() * over);
}

function markStale(versions, over) {
  for (const element of elements()) {
    const tags = tagsOf(element);
    if (Object.entries(versions).some(([tag, version]) => tag in tags && tags[tag] !== version)) refetchWithin(element, over);
  }
}

function markTypeStale(type, over = SPREAD) {
  for (const element of elements()) {
    const tags = Object.keys(tagsOf(element));
    if (tags.some((tag) => tag === type || tag.startsWith(`${type}:`))) refetchWithin(element, over);
  }
}

function heard(event) {
  heardAt = Date.now();
  const frame = JSON.parse(event.detail.message.data);
  if (frame.content === undefined) event.preventDefault(); // htmx has nothing to swap
  if (frame.watching) {
    document.documentElement.dataset.watching = frame.watching.join(" "); // what tests and curious people look at
    const shown = tagsOnPage(); // of states it is no news that some are not for everyone
    if (!frame.refused.some((tag) => tag in shown)) say("live:watching");
  }
  if (frame.rewatch) watch();
  if (frame.state) learn(frame.state);
  if (frame.typing) say("live:typing", frame.typing);
  if (frame.stale) markStale(frame.stale, frame.over);
  if (frame.stale_type) markTypeStale(frame.stale_type, frame.over);
  if (frame.refused?.length) say("live:refused", { tags: frame.refused });
  if (frame.error) say("live:error", frame.error);
  if (frame.error?.wait) sayAgain(frame.error.wait);
}

// Which words were refused is not known: all that a new socket is told is told once more.
function sayAgain(seconds) {
  again ??= setTimeout(() => {
    again = null;
    if (connection?.socket?.readyState !== WebSocket.OPEN) return; // a new one will be told
    say("live:open");
    watch();
  }, seconds * 1000);
}

// A socket whose other side is gone without a word (a closed lid, another network) looks open for minutes.
function reopen() {
  if (connection?.socket?.readyState !== WebSocket.OPEN) return; // another is on its way already
  connection.socket.dispatchEvent(new CloseEvent("close", { code: 1006 }));
}

function wake() {
  if (!connection) return;
  const asked = Date.now();
  watch();
  setTimeout(() => heardAt < asked && reopen(), ANSWER);
}

document.addEventListener("htmx:ws:after:connection", (event) => {
  connection = event.detail.connection;
  heardAt = Date.now();
  say("live:open"); // first, since whether this page is in use is to be known before it is told of itself
  watch();
});
document.addEventListener("htmx:ws:before:message:incoming", heard);
document.addEventListener("htmx:ws:close", (event) => {
  delete document.documentElement.dataset.watching;
  if (event.detail.code === SIGNED_OUT) return doubt();
  if (event.detail.code === TOO_FAST) setTimeout(connectAgain, COOL * (0.7 + 0.6 * Math.random()));
  say("live:closed", { code: event.detail.code });
});

function connectAgain() {
  if (connection?.socket?.readyState !== WebSocket.OPEN) htmx.process(document.getElementById("live"), true);
}

// A new password in another tab gives this browser's session a new key: what still uses the old one is refused, and nobody is out.
async function doubt() {
  if (doubted) return;
  doubted = true;
  await new Promise((resolve) => setTimeout(resolve, COOKIE));
  const live = document.getElementById("live");
  const answer = await fetch(live.dataset.me, { headers: { "HX-Request": "true" } }).catch(() => null);
  doubted = false;
  if (answer?.ok) htmx.process(live, true); // a new socket, and with it a look at what is stale
  else if (restored) location.reload(); // whoever went back to it is not whom it was shown to
  else say("live:closed", { code: SIGNED_OUT });
}
document.addEventListener("htmx:after:swap", watchWhatChanged);
document.addEventListener("live:follow", watchWhatIsFollowed);
setInterval(() => connection && Date.now() - heardAt > SILENCE && reopen(), 10000);
addEventListener("online", wake);
addEventListener("pageshow", (event) => {
  restored = event.persisted;
  if (restored) htmx.process(document.getElementById("live"), true);
});
document.addEventListener("visibilitychange", () => document.hidden || wake());

// A refetch that fails is tried again, ever more slowly, and the element shows that it is behind.
function retry(event) {
  const element = event.detail.ctx?.sourceElement;
  if (!element?.dataset?.tags || [401, 403, 404].includes(event.detail.ctx.response?.status)) return;
  const tries = Number(element.dataset.tries ?? 0);
  element.dataset.tries = tries + 1;
  element.classList.add("behind");
  clearTimeout(element.retry);
  const asked = askedToWait(event.detail.ctx.response);
  if (asked) {
    element.fetchedAt = performance.now() + asked - PACE; // hints that come meanwhile wait as well
    return refetch(element);
  }
  element.retry = setTimeout(() => refetch(element), RETRIES[Math.min(tries, RETRIES.length - 1)]);
}
document.addEventListener("htmx:error", retry);
document.addEventListener("htmx:response:error", retry);
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response.status === 401) return doubt();
  if (ctx.response.status >= 400 || !ctx.sourceElement.dataset?.tries) return;
  delete ctx.sourceElement.dataset.tries;
  ctx.sourceElement.classList.remove("behind");
});
