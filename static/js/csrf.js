// The token of whoever is signed in now. A page may be older than the last sign-in, and then the token in its forms is, too.

export function csrfToken() {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? "";
}

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.request.body?.has?.("csrfmiddlewaretoken") && csrfToken()) ctx.request.body.set("csrfmiddlewaretoken", csrfToken());
});
