// A GET, or a POST of these fields: answered with {text}, or with {reason} why not, in words.

import { csrfToken } from "./csrf.js";
import { gettext } from "./words.js";

const PATIENCE = 20000; // ms

export async function ask(url, fields) {
  try {
    const response = await fetch(url, {
      method: fields ? "POST" : "GET",
      headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() },
      body: fields && new URLSearchParams(fields),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await response.text();
    return response.ok ? { text } : { reason: reasonOf(response, text) };
  } catch {
    return { reason: gettext("No connection.") };
  }
}

function reasonOf({ status, headers }, text) {
  if (status === 401) return gettext("You are signed out.");
  if (status === 404) return gettext("This message is no longer yours to change.");
  return (status < 500 || status === 503) && headers.get("Content-Type")?.startsWith("text/plain") ? text : gettext("The server could not take it.");
}

// The message in its new form goes where it stands, as it does when it is pushed.
export function put(html) {
  htmx.swap({ sourceElement: document.body, target: document.body, swap: "none", text: html });
}
