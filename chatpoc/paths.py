"""An address without what may be private in it: the words of our own routes and numbers stay, names and keys do not."""

import re
from collections.abc import Iterator
from functools import cache

from django.urls import URLResolver, get_resolver

NUMBER = re.compile(r"[0-9]{1,19}")
LONGEST = 12  # parts; no route of ours has as many


def shown_path(path: str) -> str:
    """`/rooms/42/messages/` as it is; of `/accounts/password/reset/key/1-cq9/` the key goes, of `/who@example.com` all."""
    parts = path.split("/")[:LONGEST]
    return "/".join(part if not part or part in _words() or NUMBER.fullmatch(part) else "…" for part in parts)


@cache
def _words() -> frozenset[str]:
    return frozenset(word for route in _routes(get_resolver()) for word in re.findall(r"[a-z0-9-]+", route))


def _routes(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        yield re.sub(r"<[^>]*>", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern)
