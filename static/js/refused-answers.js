// An answer that is neither a page nor a fragment must not take the place of one: what is on the page, and typed into it, stays.
// <live-status> says what happened: `live:unanswered` ({ctx}).

// An error page that a link led to is a page. 401 and 5xx never are: who is signed out, or tries again, comes back to this one.
function isPage({ response: { status } }, tasks) {
  const main = tasks.find((task) => task.type === "main");
  return status < 500 && status !== 401 && main?.target?.id === "pane" && main.fragment.querySelector("#pane");
}

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const status = ctx?.response?.status;
  if (!(status >= 400) || status === 422 || (!ctx.sourceElement.dataset?.tags && isPage(ctx, tasks))) return;
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("live:unanswered", { detail: { ctx } }));
});
