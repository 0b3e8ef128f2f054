"""How a page brings a conversation up to date that is behind: paced, one fetch at a time, tried again."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.faults.exchange import Answer
from tests.faults.log import Log, Shown, messages_in, version_in

if TYPE_CHECKING:
    from tests.faults.page import Page

PACE, GAP = 0.25, 0.25  # seconds between two fetches, and that a missing version is waited for
RETRIES = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between tries to fetch what is out of date


@dataclass
class Fetching:
    """How a conversation that is behind is fetched."""

    at: float = -PACE
    under_way: bool = False
    again: bool = False  # once more afterwards
    tries: int = 0
    paced: asyncio.TimerHandle | None = None
    gap: asyncio.TimerHandle | None = None


class CatchingUp:
    def __init__(self, page: "Page") -> None:
        self.page = page
        self.fetching = {room: Fetching() for room in page.follows}

    def mind_the_gap(self, room: int) -> None:
        """A version that is missing may still come by itself."""
        fetching = self.fetching[room]
        if fetching.gap:
            fetching.gap.cancel()
            fetching.gap = None
        if self.page.follows[room].ahead:
            fetching.gap = self.page.loop.call_later(GAP, self.refetch, room)

    def refetch(self, room: int) -> None:
        """At once if it is the first for a while, else when the while is over."""
        fetching = self.fetching[room]
        if not fetching.paced:
            wait = max(0.0, fetching.at + PACE - self.page.loop.time())
            fetching.paced = self.page.loop.call_later(wait, self._fetch_now, room)

    def _fetch_now(self, room: int) -> None:
        fetching = self.fetching[room]
        fetching.paced, fetching.at = None, self.page.loop.time()
        if fetching.under_way:
            fetching.again = True
        else:
            fetching.under_way = True
            self.page.begin(self._fetch(room))

    async def _fetch(self, room: int) -> None:
        fetching = self.fetching[room]
        try:
            fetching.tries = 0 if await self._catch_up(self.page.follows[room]) else fetching.tries + 1
        finally:
            fetching.under_way = False
        if fetching.tries:
            wait = self.page.asked or RETRIES[min(fetching.tries, len(RETRIES)) - 1]
            self.page.loop.call_later(wait, self.refetch, room)
        elif fetching.again:
            self.refetch(room)
        fetching.again = False

    async def _catch_up(self, log: Log) -> bool:
        since = log.version
        answer = await self.page.get(f"/rooms/{log.room}/messages/?since={since}")
        if not answer:
            return False
        if "hx-retarget" in answer.headers:
            self._start_again(log, answer)
        else:
            log.answered(since, int(answer.headers["hx-ptag"]))
            self.page.take(log.room, messages_in(answer.text))
        return await self._scroll_up(log)

    def _start_again(self, log: Log, answer: Answer) -> None:
        self.page.journal.restarts += 1
        self._count(log.shown, page := messages_in(answer.text))
        log.start_again(page, version_in(answer.text))
        self.page.watch()  # the log is a new element, which was not compared yet

    async def _scroll_up(self, log: Log) -> bool:
        """To where we were before it started again, page by page."""
        while log.first > log.floor + 1:
            answer = await self.page.get(f"/rooms/{log.room}/messages/?before={log.first}")
            if not answer or not (page := messages_in(answer.text)):
                return False
            self._count(log.shown, page)
            if log.put_older(page, int(answer.headers["hx-ptag"])):
                self.refetch(log.room)
        return True

    def _count(self, shown: dict[str, Shown], page: Iterable[Shown]) -> None:
        self.page.journal.deliveries += sum(message != shown.get(message.id) for message in page)
        self.page.right_at = self.page.loop.time()
