"""All open pages, in a process of their own: `python -m tests.load.invalidation.pages`. Commands and answers are lines of JSON.

{"do": "open", "name", "port", "pages": [[session, watch]]}   → {"open": how many there are}
{"do": "collect", "name", "frames"}    wait for so many in all, and a moment more → {"frames": {page: frames}}; then forget them
{"do": "follow", "name", "path"}       from now on fetch `path` when a hint says so, as static/js/live.js does; "" stops it
{"do": "fetched", "name", "fetches"}   wait until so many are answered → {"statuses", "seconds": from hint to answer, each}
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.load.browser import Browser
from tests.load.commands import obey, opened_in_turn, until

SETTLED = 0.3  # seconds in which a frame too many would come
SPREAD, PACE = 0.5, 0.25  # seconds, of static/js/live.js
NOT_COUNTED = (b'{"watching"', b'{"alive"', b'{"rewatch"')

crowds: dict[str, list["Page"]] = {}


def spread_of(payload: bytes) -> float:
    """Seconds within which a page comes, as static/js/live.js does it."""
    frame = json.loads(payload)
    return float(frame["over"] / 1000 if "over" in frame else SPREAD if "stale_type" in frame else 0)


BUSY = 503


class Page(Browser):
    def __init__(self, port: int, session: str, watch: dict[str, str]) -> None:
        super().__init__(port, "/ws/", session, watch)
        self.port, self.session = port, session
        self.frames = 0
        self.path = self.ptag = ""
        self.fetching: asyncio.Task[None] | None = None
        self.again = False
        self.statuses: list[int] = []
        self.seconds: list[float] = []
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def heard(self, payload: bytes, at: float) -> None:
        if payload.startswith(NOT_COUNTED):
            return
        self.frames += 1
        if self.path:
            wait = random.random() * spread_of(payload)
            asyncio.get_running_loop().call_later(wait, self.refetch, at)

    def refetch(self, hinted: float) -> None:
        if self.fetching and not self.fetching.done():
            self.again = True
        else:
            self.fetching = asyncio.create_task(self.fetch(hinted))

    async def fetch(self, hinted: float) -> None:
        self.again = False
        self.statuses.append(await self.get())
        self.seconds.append(time.monotonic() - hinted)
        if self.again:
            await asyncio.sleep(PACE)
            await self.fetch(time.monotonic())

    async def get(self) -> int:
        """The status, at last: who is told to come again, since too many ask at once, does."""
        status = await self.get_once()
        if status == BUSY:
            await asyncio.sleep(1 + random.random())
            return await self.get()
        return status

    async def get_once(self) -> int:
        """A browser keeps its connection, and the ptag of what it got."""
        self.streams = self.streams or await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: sessionid={self.session}\r\n"
            f"HX-Request: true\r\nHX-PTag: {self.ptag}\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        await reader.readexactly(int(headers.get("content-length", 0)))
        self.ptag = headers.get("hx-ptag", self.ptag)
        return int(head[0].split()[1])


async def open_pages(*, name: str, port: int, pages: list[tuple[str, dict[str, str]]]) -> dict[str, Any]:
    crowd = crowds.setdefault(name, [])
    crowd += await asyncio.gather(*(opened_in_turn(partial(Page, port, *page), port) for page in pages))
    return {"open": len(crowd)}


async def collect(*, name: str, frames: int) -> dict[str, Any]:
    crowd = crowds[name]
    await until(lambda: sum(page.frames for page in crowd) >= frames)
    await asyncio.sleep(SETTLED)
    heard = {str(number): page.frames for number, page in enumerate(crowd) if page.frames}
    for page in crowd:
        page.frames = 0
    return {"frames": heard}


async def follow(*, name: str, path: str) -> dict[str, Any]:
    for page in crowds[name]:
        page.path = path
    return {}


async def fetched(*, name: str, fetches: int) -> dict[str, Any]:
    crowd = crowds[name]
    await until(lambda: sum(len(page.statuses) for page in crowd) >= fetches)
    statuses = Counter(status for page in crowd for status in page.statuses)
    seconds = sorted(round(taken, 4) for page in crowd for taken in page.seconds)
    for page in crowd:
        page.statuses, page.seconds = [], []
    return {"statuses": statuses, "seconds": seconds}


COMMANDS: dict[str, Callable[..., Any]] = {
    "open": open_pages,
    "collect": collect,
    "follow": follow,
    "fetched": fetched,
}


if __name__ == "__main__":
    asyncio.run(obey(COMMANDS))
