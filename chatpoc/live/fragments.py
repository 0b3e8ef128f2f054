"""Fragments: pieces of page with a URL of their own, which say what they were made from and are fetched anew when it changes.

@live.fragment("chat/_conversations.html", tags=lambda request: [...])
def conversations(request): return {...}                               # the view: a context
path("conversations/", conversations, name="conversations")           # the URL
{% fragment "chat:conversations" %}                                    # the first paint, in a page
<ul id="conversations" {% live %}> … </ul>                             # the template's one root element
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from chatpoc.live import tags, versions

REMEMBERED = 24 * 3600  # seconds that the server knows which tags a fragment had, to answer 304 without a query

Names = Callable[..., Iterable[str]]
Context = Callable[..., dict[str, Any]]


def fragment(
    template: str, *, tags: Names, first: Names | None = None, query: tuple[str, ...] = ()
) -> Callable[[Context], "Fragment"]:
    """Make a view of a function that returns a context.

    `tags` gets the same arguments, and names what it is made from. Where it reads data to know (a sidebar's rooms), `first`
    names the tags under which that data stands. `query` names the parameters of the address that it depends on; a page that
    shows it has them under the same names.
    """
    return lambda context: Fragment(template, tags, first or (lambda *_, **__: ()), query, context)


class Fragment:
    """A view whose answer is one element. It only reads."""

    def __init__(self, template: str, names: Names, first: Names, query: tuple[str, ...], context: Context) -> None:
        self.template, self.names, self.first, self.query, self.context = template, names, first, query, context
        update_wrapper(self, context)

    def __call__(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """304 while nothing changed since the ptag that the browser sends; then not even the context is asked for."""
        address = self._address(request, request.path)
        if (ptag := request.headers.get("HX-PTag")) and self._is_current(request, address, ptag):
            return HttpResponse(status=304, headers={"HX-PTag": ptag})
        html, ptag = self._render(request, address, arguments)
        return HttpResponse(html, headers={"HX-PTag": ptag})

    def render(self, request: HttpRequest, path: str, arguments: dict[str, Any]) -> SafeString:
        """The same bytes, for the first paint inside a page."""
        return self._render(request, self._address(request, path), arguments)[0]

    def _address(self, request: HttpRequest, path: str) -> str:
        """The path with the parameters that matter, in one order: what this fragment is known by."""
        given = {name: request.GET[name] for name in self.query if request.GET.get(name)}
        return f"{path}?{urlencode(given)}" if given else path

    def _render(self, request: HttpRequest, address: str, arguments: dict[str, Any]) -> tuple[SafeString, str]:
        # Versions before the data, and those that decide which tags there are before the tags: what changes meanwhile makes
        # this stale, and not the next.
        before = versions.current(self.first(request, **arguments))
        names = sorted({*before, *self.names(request, **arguments)})
        tags.check(names)
        made_from = versions.current(names) | before
        ptag = _digest(address, made_from)
        _remember(_key(request, address), names)
        live = {"path": address, "tags": json.dumps(made_from), "ptag": ptag}
        html = render_to_string(self.template, self.context(request, **arguments) | {"live": live}, request)
        return html, ptag

    def _is_current(self, request: HttpRequest, address: str, ptag: str) -> bool:
        try:
            names = caches["live"].get(_key(request, address))
        except Exception:  # noqa: BLE001  (whatever the cache raises)
            return False
        return names is not None and _digest(address, versions.current(names)) == ptag


def attributes(live: dict[str, str]) -> SafeString:
    """What makes the root element of a fragment live."""
    return format_html(
        'data-tags="{tags}" hx-get="{path}" hx-trigger="stale" hx-swap="outerMorph" hx-ptag="{ptag}"', **live
    )


def _remember(key: str, names: list[str]) -> None:
    with suppress(Exception):  # whatever the cache raises: then the next refetch costs its queries
        caches["live"].set(key, names, REMEMBERED)


def _key(request: HttpRequest, address: str) -> str:
    """A viewer's fragment; their tags are theirs."""
    return f"live:fragment:{request.user.pk}:{hashlib.sha256(address.encode()).hexdigest()[:32]}"


def _digest(address: str, made_from: dict[str, str]) -> str:
    """Of another address the same versions make another page."""
    return hashlib.sha256(f"{address} {json.dumps(made_from, sort_keys=True)}".encode()).hexdigest()[:24]
