"""What sockets may still hear is looked at again: at once where a write may have changed it, and of every socket in turn.

A hint about a write may be lost: the layer was away, its writer ended, or it was sent past Django. So nothing here depends
on hints alone; a socket that nobody doubts is looked at every ROUND, however the layer is. Many are looked at together.

While a socket is in doubt, what the hub has for it is held: it gets it if it still may.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Container, Iterable
from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING

from chatpoc.live.threads import RECHECKS, in_thread
from chatpoc.live.topics import Socket

if TYPE_CHECKING:
    from chatpoc.live.looking import Look

logger = logging.getLogger(__name__)

ROUND = 20.0  # seconds from one look at a socket to the next, at most; with a lost hint, 30 s are promised
SPREAD = 5.0  # seconds by which it may be less, so that those who came at once are not looked at at once for ever
TICK = 1.0  # seconds between two looks whether a socket is due
BATCH = 100  # sockets of one look: a handful of statements
HELD = 200  # frames kept for a socket in doubt; one with more has to come again
COME_AGAIN = 4012  # the close code

Frame = tuple[Container[Socket], str]  # for whom it is, and what it says


class Rechecks:
    """All of it on the hub's loop, but for the look itself."""

    def __init__(self, remove: Callable[[Socket], None]) -> None:
        self._remove = remove
        self._due: dict[Socket, float] = {}  # in the loop's time
        self._doubted: set[Socket] = set()
        self._looked_at: set[Socket] = set()  # of those in doubt, whose answer is on its way
        self._held: dict[Socket, list[Frame]] = {}
        self._wake = asyncio.Event()

    def forget(self, socket: Socket) -> None:
        self._due.pop(socket, None)
        self._held.pop(socket, None)
        self._doubted.discard(socket)
        self._looked_at.discard(socket)

    def doubt(self, sockets: Iterable[Socket]) -> None:
        """Something was written that decides what these may hear: a membership, the person, their session."""
        self._doubted |= self._due.keys() & set(sockets)
        self._wake.set()

    def held(self) -> int:
        """Frames that wait. For callers on any thread."""
        return sum(map(len, list(self._held.values())))

    def free(self, socket: Socket) -> None:
        """Its watch is over, for which a doubt had to wait."""
        if socket in self._doubted:
            self._wake.set()

    def looked(self, socket: Socket) -> None:
        """It was, just now: as it opened, or to answer its watch."""
        self._due[socket] = asyncio.get_running_loop().time() + ROUND - random.random() * SPREAD  # noqa: S311

    async def hold(self, socket: Socket, audience: Container[Socket], text: str) -> bool:
        """Whether the frame has to wait until it is known whether this socket may hear it."""
        if not any(socket in those for those in (self._doubted, self._looked_at, self._held)):
            return False
        held = self._held.setdefault(socket, [])
        held.append((audience, text))
        if len(held) > HELD:
            await socket.shut(COME_AGAIN)
        return True

    async def run(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), TICK)
            self._wake.clear()
            batch: list[Socket] = []
            try:
                while batch := self._next():
                    await self._look_at(batch)
            except Exception:
                logger.exception("What sockets may hear could not be looked at; trying again.")
                self.doubt(batch)  # some may not have been told
                await asyncio.sleep(TICK)

    def _next(self) -> list[Socket]:
        """Those in doubt come first. One that changes what it watches is looked at afterwards."""
        now = asyncio.get_running_loop().time()
        due = (socket for socket, at in self._due.items() if at <= now)
        waiting = (socket for socket in chain(self._doubted, due) if not socket.watching)
        return list(islice(dict.fromkeys(waiting), BATCH))

    async def _look_at(self, batch: list[Socket]) -> None:
        from chatpoc.live.looking import look  # which needs the models

        self._looked_at = self._doubted.intersection(batch)
        self._doubted -= self._looked_at  # what is written from here on makes them doubtful once more
        for socket in batch:
            await socket.looking.acquire()  # nobody else has it, so nobody waits here; who wants to watch does
        try:
            found = await in_thread(look, [(socket.key, set(socket.watched)) for socket in batch], pool=RECHECKS)
        except Exception:
            logger.exception("What %d sockets may hear could not be checked.", len(batch))
            await self._give_up(batch)
        else:
            await self._tell(batch, found)
        finally:
            for socket in batch:
                socket.looking.release()
            self._looked_at = set()
        for socket in batch:
            await self._let_go(socket)

    async def _tell(self, batch: list[Socket], found: "list[Look]") -> None:
        for socket, (viewer, allowed) in zip(batch, found, strict=True):
            if socket in self._due:  # else it left meanwhile
                self.looked(socket)
                try:
                    await socket.found(viewer, allowed)
                except Exception:  # noqa: BLE001  (it is closing, or broken: that must not keep the others waiting)
                    self._remove(socket)

    async def _give_up(self, batch: list[Socket]) -> None:
        """Who is in doubt may hear nothing; the others are looked at again in a while."""
        for socket in batch:
            if socket in self._looked_at:
                with suppress(Exception):  # it is gone already
                    await socket.shut(COME_AGAIN)
            elif socket in self._due:
                self._due[socket] = asyncio.get_running_loop().time() + SPREAD

    async def _let_go(self, socket: Socket) -> None:
        """Hand on what was held, to who may still hear it."""
        while (held := self._held.get(socket)) and socket not in self._doubted:
            audience, text = held.pop(0)
            if socket in audience:
                try:
                    await socket.deliver(text)
                except Exception:  # noqa: BLE001
                    self._remove(socket)
        if not held:
            self._held.pop(socket, None)
