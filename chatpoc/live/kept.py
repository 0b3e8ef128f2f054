"""The HTML of fragments, kept in this process for pages that show them anew while none of their tags changed.

A page shows eight fragments. Their versions are read together, before the first, in one look at the cache; where all are those
that a fragment was made from, what was made then is what would be made now. That is what lets a browser keep it (304), too.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from chatpoc.live import versions
from chatpoc.memory import Memory

LASTS = (
    10.0  # seconds; a write whose process ended before it could say so, or another program's, is missed for no longer
)
LARGEST = 50_000  # characters of one that is kept
TOGETHER = 2_000  # tags whose versions are read before the first
TOKEN = f"token-{secrets.token_hex(16)}"  # stands in kept HTML for the CSRF token, which each answer masks anew

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    html: str
    made_from: dict[str, str]  # version by tag
    until: float  # by the clock that nobody sets


_kept: Memory[Key, Kept] = Memory(2_000, megabytes=16)
_tags_of_page: Memory[Key, frozenset[str]] = Memory(2_000, megabytes=8)


def get(request: HttpRequest, address: str) -> str | None:
    found = _kept.get(_key(request, address))
    if found is None or found.until < time.monotonic():
        return None
    return found.html if versions_for(request, found.made_from) == found.made_from else None


def keep(request: HttpRequest, address: str, html: str, made_from: dict[str, str]) -> None:
    if len(html) <= LARGEST:
        _kept.keep(_key(request, address), Kept(html, made_from, time.monotonic() + LASTS))


def versions_for(request: HttpRequest, tags: dict[str, str]) -> dict[str, str]:
    """As they were when this request first asked, with those that this page needed the last time: older than what is read."""
    page = (request.user.pk, request.path)
    known: dict[str, str] = request.__dict__.setdefault("_versions", {})
    needed: set[str] = request.__dict__.setdefault("_tags", set())  # of those, what this request asked for
    needed.update(tags)
    if missing := tags.keys() - known:
        before = frozenset() if known else _tags_of_page.get(page) or frozenset()
        known |= versions.current(missing | before)
        if not missing <= before and len(needed) < TOGETHER:
            _tags_of_page.keep(page, frozenset(needed))
    return {tag: known[tag] for tag in tags}


def _key(request: HttpRequest, address: str) -> Key:
    """A viewer's fragment, in the language of the page."""
    return request.user.pk, get_language(), address
