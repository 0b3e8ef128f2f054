"""Where requests are limited: each view, after it is known who asks and before it does anything."""

import math
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chatpoc.limits import buckets, whose
from chatpoc.live import counters
from chatpoc.live.handshake import kept_out
from chatpoc.views import too_many

READING = {"GET", "HEAD"}
View = Callable[..., Any]
Refusal = Callable[..., HttpResponse]


def limited(*, get: str = "", post: str = "", refused: Refusal | None = None) -> Callable[[View], View]:
    """Say what a view counts as, by its name in the table. Unsaid, a GET is `read`, or `search` with a `?q=`; all else `write`.

    `refused(request, **arguments, reason=…)` answers a POST that came too soon instead of a bare refusal: with what was typed,
    and the reason beside it.
    """

    def mark(view: View) -> View:
        view.limits = {"get": get, "post": post, "refused": refused}  # type: ignore[attr-defined]
        return view

    return mark


def counts_as(view: View, method: str, *, searches: bool = False) -> str:
    marked = getattr(view, "limits", {})
    if method in READING:
        return marked.get("get") or ("search" if searches else "read")
    return marked.get("post") or "write"


class Limits:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, _args: Any, arguments: dict[str, Any]
    ) -> HttpResponse | None:
        request.counted = True  # type: ignore[attr-defined]  # see chatpoc.views.at_a_cost
        name = counts_as(view, str(request.method), searches=bool(request.GET.get("q")))
        owners = whose.of_request(request)
        wait = buckets.take(whose.buckets(name, owners))
        if not wait:
            return None
        counters.limited.labels(name).inc()
        seconds = math.ceil(wait)
        response = self._refuse(request, view, owners, seconds, arguments)
        response["Retry-After"] = str(seconds)
        return response

    def _refuse(
        self, request: HttpRequest, view: View, owners: whose.Owners, seconds: int, arguments: dict[str, Any]
    ) -> HttpResponse:
        """A page with what was typed costs as much as any, so who has no more of those either gets the bare words; as does who
        is suspended, to whom no page is shown."""
        refused: Refusal | None = getattr(view, "limits", {}).get("refused")
        page = refused and request.method == "POST" and not kept_out(request.user)
        if refused and page and not buckets.take(whose.buckets("read", owners)):
            return refused(request, **arguments, reason=in_words(seconds))
        if request.headers.get("HX-Request"):
            return HttpResponse(in_words(seconds), status=429, content_type="text/plain; charset=utf-8")
        return too_many(request, in_words(seconds))


def in_words(seconds: int) -> str:
    if seconds <= 90:
        return _("That was a lot at once. Please try again in %(seconds)s s.") % {"seconds": seconds}
    minutes = math.ceil(seconds / 60)
    return _("That was a lot at once. Please try again in %(minutes)s min.") % {"minutes": minutes}
