"""Fragments: pieces of page with a URL of their own, which say what they were made from and are fetched anew when it changes.

@live.fragment("chat/_conversations.html", tags=lambda request: [...])
def conversations(request): return {...}                               # the view: a context
path("conversations/", conversations, name="conversations")           # the URL
{% fragment "chat:conversations" %}                                    # the first paint, in a page
<ul id="conversations" {% live %}> … </ul>                             # the template's one root element
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import update_wrapper
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.cache import caches
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from chatpoc.live import counters, kept, staleness, tags, versions
from chatpoc.memory import Memory

SAFE = ("GET", "HEAD")  # a fragment only reads
REMEMBERED = 24 * 3600  # seconds that the server knows which tags a fragment had, to answer 304 without a query

Names = Callable[..., Iterable[str]]
Context = Callable[..., dict[str, Any]]
May = Callable[[HttpRequest], bool]


def fragment(
    template: str,
    *,
    tags: Names,
    first: Names | None = None,
    query: tuple[str, ...] = (),
    may: May = lambda _request: True,
    kept: bool = False,
) -> Callable[[Context], "Fragment"]:
    """Make a view of a function that returns a context.

    `tags` gets the same arguments, and names what it is made from. Where it reads data to know (a sidebar's rooms), `first`
    names the tags under which that data stands. `query` names the parameters of the address that it depends on; a page that
    shows it has them under the same names. For whom `may` says no, it is 404, also where nothing changed.

    `kept`: a page that shows it anew, to the same viewer, may have the HTML of before while its tags are as they were. What is
    true for a time only says so by `passing` in its context.
    """
    return lambda context: Fragment(template, (first or (lambda *_, **__: ()), tags), query, may, context, kept=kept)


class Rendered(NamedTuple):
    html: SafeString
    ptag: str
    versions: dict[str, str]  # of the tags that it was made from
    passing: bool


class Fragment:
    """A view whose answer is one element. It only reads."""

    def __init__(
        self,
        template: str,
        names: tuple[Names, Names],
        query: tuple[str, ...],
        may: May,
        context: Context,
        *,
        kept: bool,
    ) -> None:
        self.template, self.query, self.may, self.context = template, query, may, context
        self.kept = kept
        self.first, self.names = names
        self.name = f"{context.__module__.partition('.')[0]}.{context.__name__}"
        update_wrapper(self, context)

    def __call__(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """304 while nothing changed since the ptag that the browser sends; then not even the context is asked for."""
        if request.method not in SAFE:
            return HttpResponseNotAllowed(SAFE)
        if not self.may(request):
            raise Http404
        address = self._address(request, request.path)
        had = request.headers.get("HX-PTag", "")
        if had and (made_from := self._unchanged(request, address, had)) is not None:
            counters.fetched(self.name, made_from, 0)
            unchanged = HttpResponse(status=304, headers={"HX-PTag": had})
            unchanged.made_from = self.name, made_from, request.user.pk  # type: ignore[attr-defined]
            return unchanged
        made = self._render(request, address, arguments)
        response = HttpResponse(made.html, headers={"HX-PTag": made.ptag})
        counters.fetched(self.name, made.versions, len(response.content))
        if late := staleness.since(had):
            counters.staleness.labels(late[1]).observe(time.time() - late[0])
        return response

    def render(self, request: HttpRequest, path: str, arguments: dict[str, Any]) -> SafeString:
        """The same bytes, for the first paint inside a page, which has looked whether the viewer may see it."""
        address = self._address(request, path)
        if not self.kept or transaction.get_connection().in_atomic_block:  # what that reads nobody else does
            return self._render(request, address, arguments).html
        html = kept.get(request, address) or self._keep(request, address, arguments)
        return SafeString(html.replace(kept.TOKEN, get_token(request)) if kept.TOKEN in html else html)

    def _keep(self, request: HttpRequest, address: str, arguments: dict[str, Any]) -> str:
        made = self._render(request, address, arguments, csrf_token=kept.TOKEN)
        if not made.passing:
            kept.keep(request, address, made.html, made.versions)
        return made.html

    def _address(self, request: HttpRequest, path: str) -> str:
        """The path with the parameters that matter, in one order: what this fragment is known by."""
        given = {name: request.GET[name] for name in self.query if request.GET.get(name)}
        return f"{path}?{urlencode(given)}" if given else path

    def _render(self, request: HttpRequest, address: str, arguments: dict[str, Any], **more: Any) -> Rendered:
        # Versions before the data, and those that decide which tags there are before the tags: what changes meanwhile makes
        # this stale, and not the next.
        started = time.perf_counter()
        before = versions.current(self.first(request, **arguments))
        names = sorted({*before, *self.names(request, **arguments)})
        tags.check(names)
        made_from = versions.current(names) | before
        ptag = _digest(request, address, made_from)
        staleness.served(ptag, names, time.time())
        _remember(_key(request, address), names)
        live = {"path": address, "tags": json.dumps(made_from), "ptag": ptag}
        context = self.context(request, **arguments)
        html = render_to_string(self.template, context | {"live": live} | more, request)
        counters.renders.labels(self.name).observe(time.perf_counter() - started)
        return Rendered(html, ptag, made_from, bool(context.get("passing")))

    def _unchanged(self, request: HttpRequest, address: str, ptag: str) -> dict[str, str] | None:
        """The versions of the tags of the fragment with this ptag, if it is as new as they are."""
        tried, key = None, _key(request, address)
        for known in (_names.get, _shared_names):  # another process may know others since
            names = known(key)
            if names is not None and names != tried:
                made_from = versions.current(names)
                if _digest(request, address, made_from) == ptag:
                    return made_from
            tried = names
        return None


def attributes(live: dict[str, str]) -> SafeString:
    """What makes the root element of a fragment live."""
    return format_html(
        'data-tags="{tags}" hx-get="{path}" hx-trigger="stale" hx-swap="outerMorph" hx-ptag="{ptag}"', **live
    )


_names: Memory[str, list[str]] = Memory(10_000, megabytes=8)


def _shared_names(key: str) -> list[str] | None:
    try:
        names: list[str] | None = caches["live"].get(key)
    except Exception:  # noqa: BLE001  (whatever the cache raises)
        return None
    return names


def _remember(key: str, names: list[str]) -> None:
    _names.keep(key, names)
    with suppress(Exception):  # whatever the cache raises: then the next refetch costs its queries
        caches["live"].set(key, names, REMEMBERED)


def _key(request: HttpRequest, address: str) -> str:
    """A viewer's fragment; their tags are theirs."""
    return f"live:fragment:{request.user.pk}:{hashlib.sha256(address.encode()).hexdigest()[:32]}"


def _digest(request: HttpRequest, address: str, made_from: dict[str, str]) -> str:
    """For another viewer, in another language or of another address, the same versions make another page."""
    whole = f"{request.user.pk} {get_language()} {address} {json.dumps(made_from, sort_keys=True)}"
    return hashlib.sha256(whole.encode()).hexdigest()[:24]
