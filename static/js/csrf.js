// The token of whoever is signed in now. A page may be older than the last sign-in, and then the token in its forms is, too.

// Where the name has a prefix, one without it is of no use: from before there was one, or from another host of the domain. The
// browser keeps it for a year, and names it first.
export function csrfToken() {
  return cookie("__Host-csrftoken") ?? cookie("csrftoken") ?? "";
}

const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]+)`)?.[1];

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.request.body?.has?.("csrfmiddlewaretoken") && csrfToken()) ctx.request.body.set("csrfmiddlewaretoken", csrfToken());
});
