// A search that was asked to wait is made again when the time is over, for what stands in its field then.

import { askedToWait } from "./patience.js";

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { sourceElement: field, response } = ctx;
  const asked = askedToWait(response);
  if (!asked || !field.matches("input[type=search]")) return;
  clearTimeout(field.again);
  field.again = setTimeout(() => field.isConnected && htmx.trigger(field, "search"), asked);
});
