"""That nothing changed is said on the loop, before a thread and Django are asked, where Django said just that a moment ago.

Who asks, and whether they may, is asked anew after TRUSTED; until then only the versions of the tags are, which the cache has
for all processes. A 304 says that what the browser has is as new as ever: no more than that does who was shut out learn.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.http.response import HttpResponseBase

from chatpoc import ids
from chatpoc.cache import HURRY
from chatpoc.limits import buckets, whose
from chatpoc.live import counters, versions
from chatpoc.memory import Memory

TRUSTED = 1.0  # seconds; what ends a session, or shuts somebody out, holds within as many, as it does for sockets

Headers = tuple[tuple[bytes, bytes], ...]
Question = tuple[bytes, str, bytes, Headers]  # all of it: another cookie, language or ptag is another question


@dataclass(frozen=True, slots=True)
class Known:
    headers: list[tuple[bytes, bytes]]  # of the answer
    fragment: str
    made_from: dict[str, str]  # version by tag
    owners: whose.Owners
    until: float


_known: Memory[Question, Known] = Memory(5_000, megabytes=8)


def note(scope: Any, response: HttpResponseBase, began: float) -> None:
    """Django gave this answer to a request that came at `began`; fragments say what their 304s stand for."""
    made_from = getattr(response, "made_from", None)
    if made_from is None or response.cookies:
        return
    fragment, of_tags, viewer = made_from
    owners = (*whose.of_handshake(scope), whose.person(viewer))
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    _known.keep(_question(scope), Known(headers, fragment, of_tags, owners, began + TRUSTED))


async def again(scope: Any) -> Known | None:
    """What to answer with 304, if it still is so."""
    if scope["method"] != "GET" or not any(name == b"hx-ptag" for name, _ in scope["headers"]):
        return None
    known = _known.get(_question(scope))
    if known is None or known.until < monotonic() or _reader.hangs():
        return None
    try:
        now = await asyncio.wait_for(_reader.read(known.made_from), HURRY)
    except TimeoutError:
        return None
    if now != known.made_from or known.until < monotonic():
        return None
    if buckets.here.take(whose.buckets("read", known.owners)):  # Django tells them, and counts what it answers itself
        return None
    counters.fetched(known.fragment, known.made_from, 0)
    return known


def _question(scope: Any) -> Question:
    """A proxy names each request anew."""
    headers = tuple((name, value) for name, value in scope["headers"] if name != ids.HEADER)
    return scope["query_string"], scope["path"], scope.get("raw_path", b""), headers


class Reader:
    """Reads versions for all who ask at once, in one look at the cache, from a thread: a client on the loop costs more."""

    def __init__(self) -> None:
        self._wanted: list[tuple[Iterable[str], asyncio.Future[dict[str, str]]]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="versions")
        self._reading: asyncio.Task[None] | None = None
        self._asked = 0.0

    def hangs(self) -> bool:
        """Who comes while the cache does not answer is not kept waiting for it."""
        return self._reading is not None and not self._reading.done() and self._asked + HURRY < monotonic()

    def read(self, tags: Iterable[str]) -> "asyncio.Future[dict[str, str]]":
        loop = asyncio.get_running_loop()
        future: asyncio.Future[dict[str, str]] = loop.create_future()
        self._wanted.append((tags, future))
        if self._reading is None or self._reading.done():
            self._reading = loop.create_task(self._read_all())
        return future

    async def _read_all(self) -> None:
        while self._wanted:
            wanted, self._wanted = self._wanted, []
            self._asked = monotonic()
            names = {tag for tags, _ in wanted for tag in tags}
            found = await asyncio.get_running_loop().run_in_executor(self._thread, versions.current, names)
            for tags, future in wanted:
                if not future.done():
                    future.set_result({tag: found[tag] for tag in tags})


_reader = Reader()
