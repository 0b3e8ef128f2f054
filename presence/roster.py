"""The presence of one server process: it hears of each socket, and keeps the database true about them."""

import asyncio
import logging
import math
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from django.utils.translation import gettext_lazy as _

from chatpoc import live
from chatpoc.live.threads import in_thread
from chatpoc.live.topics import Socket
from presence import leases, seats
from presence.privacy import appears_offline
from presence.seats import Changes, Seats
from presence.typing import Typing

logger = logging.getLogger(__name__)

SWEEP = 2.0  # seconds between two looks for dead processes
SETTLED = 0.1  # seconds beyond the grace, for clocks that differ a little
GOODBYE = 2.0  # seconds that a process which stops waits for the database
AGAIN = 1.0  # seconds between two tries while the database is out of reach


class Roster:
    def __init__(self) -> None:
        self.process_id = uuid.uuid4()
        self.seats = Seats()
        self.words: Mapping[str, Callable[[Socket, object], None]] = {"active": self.active, "typing": Typing().hear}
        self._hidden: dict[Socket, bool] = {}
        self._renewal = self._sweep = 0.0  # when they are due
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()

    # What the hub tells

    def opened(self, socket: Socket) -> None:
        socket.id = self.seats.take(socket, socket.viewer.pk, time.monotonic()).id.hex
        self._hidden[socket] = appears_offline(socket.viewer)
        self._wake.set()

    def renewed(self, socket: Socket) -> None:
        hidden = appears_offline(socket.viewer)
        if self._hidden.get(socket, hidden) is not hidden:
            self._hidden[socket] = hidden
            wait = seats.GRACE + SETTLED if hidden else 0
            asyncio.get_running_loop().call_later(wait, live.look_again, [f"presence:{socket.viewer.pk}"])

    def closed(self, socket: Socket) -> None:
        self.seats.leave(socket, time.monotonic())
        self._hidden.pop(socket, None)
        self._wake.set()

    def active(self, socket: Socket, value: object) -> None:
        if not isinstance(value, bool):
            raise live.FrameError("bad-active", _("The chat could not tell whether this page is in use."))
        self.seats.turn(socket, active=value, now=time.monotonic())
        self._wake.set()

    # The database

    async def run(self) -> None:
        while True:
            try:
                await self._keep_up()
            except Exception:
                logger.exception("Who is here could not be written; trying again.")
                self._let_the_others_renew()
                await asyncio.sleep(AGAIN)
            due = min(self.seats.next_due(), self._renewal, self._sweep)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), max(0.0, due - time.monotonic()))
            self._wake.clear()

    async def stop(self) -> None:
        self._renewal = self._sweep = math.inf
        try:
            async with asyncio.timeout(GOODBYE), self._writing:
                await in_thread(leases.end, self.process_id)
        except Exception as error:  # noqa: BLE001  (whatever the database raises; or it does not answer)
            logger.warning("This process could not say goodbye (%r); its people are gone when its lease is.", error)

    async def _keep_up(self) -> None:
        now = time.monotonic()
        async with self._writing:
            if now >= self._renewal:
                await self._renew()
            if self.seats.next_due() <= now and (changes := self.seats.changes(now)):
                await self._store(changes)
        if now >= self._sweep:
            self._sweep = now + SWEEP
            await self._clear_away()

    async def _clear_away(self) -> None:
        try:
            self._look_again(await in_thread(leases.sweep, self.process_id))
        except leases.NoLease:
            self._let_the_others_renew()
            self._renewal = 0.0

    def _let_the_others_renew(self) -> None:
        """After an outage or a sleep all leases seem over, also of processes that live."""
        self._sweep = time.monotonic() + leases.RENEWAL

    async def _renew(self) -> None:
        renewed = await in_thread(leases.renew, self.process_id)
        if not renewed:
            await in_thread(leases.begin, self.process_id)
            self.seats.unstore()
        self._renewal = time.monotonic() + leases.RENEWAL

    async def _store(self, changes: Changes) -> None:
        try:
            written = await in_thread(leases.store, self.process_id, changes)
        except leases.NoLease:  # what was to be written stays due, with all the rest
            self._renewal = 0.0
            return
        people = {seat.user_id for seat in changes}
        before = {person: self.seats.shown_as(person) for person in people}
        self.seats.wrote(changes, written, time.monotonic())
        self._look_again(person for person in people if self.seats.shown_as(person) is not before[person])

    def _look_again(self, people: Iterable[int]) -> None:
        live.look_again(f"presence:{person}" for person in people)
