"""Who sits at this process's sockets, and what of that the database does not know yet. Neither writes nor waits."""

import math
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

GRACE = 5.0  # seconds that a seat is kept for who may only have changed the page, or lost the network for a moment
FIRST_WORD = 1.0  # seconds that a page has to say whether it is in use
SETTLE = 0.05  # seconds in which the changes of many are gathered into one write
RESTLESS = 3.0  # seconds between two writes about one seat, at least


@dataclass(eq=False)
class Seat:
    """One connection. Times are seconds of any clock that only goes forward, but for `opened_at`."""

    user_id: int
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    opened_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    active: bool = True
    stored: bool | None = None  # `active` as the database has it; None while it has no row
    stored_at: float = -RESTLESS
    due: float | None = None  # when the database has to hear of it
    left_at: datetime | None = None

    @property
    def empty(self) -> bool:
        return self.left_at is not None


@dataclass
class Changes:
    opened: list[Seat] = field(default_factory=list)
    turned: list[Seat] = field(default_factory=list)  # active or not
    left: list[Seat] = field(default_factory=list)

    def __iter__(self) -> Iterator[Seat]:
        yield from (*self.opened, *self.turned, *self.left)

    def __bool__(self) -> bool:
        return any(True for _ in self)


class Seats:
    def __init__(self) -> None:
        self.taken: dict[object, Seat] = {}  # by socket
        self._of: dict[int, list[Seat]] = defaultdict(list)  # by person, with those kept for who left a moment ago
        self._due: set[Seat] = set()

    def __iter__(self) -> Iterator[Seat]:
        for seats in self._of.values():
            yield from seats

    def take(self, socket: object, user_id: int, now: float) -> Seat:
        """Somebody sat down. Who comes back in time has their own seat again, and nothing is written."""
        kept = (seat for seat in self._of[user_id] if seat.empty)
        seat = self.taken[socket] = next(kept, None) or Seat(user_id)
        if seat not in self._of[user_id]:
            self._of[user_id].append(seat)
        seat.left_at = None
        self._put_off(seat, now + FIRST_WORD if seat.stored is None else None)
        return seat

    def turn(self, socket: object, *, active: bool, now: float) -> None:
        if seat := self.taken.get(socket):
            seat.active = active
            self._put_off(seat, None if seat.stored is active else max(now + SETTLE, seat.stored_at + RESTLESS))

    def leave(self, socket: object, now: float) -> None:
        if seat := self.taken.pop(socket, None):
            seat.left_at = datetime.now(UTC)
            self._put_off(seat, now + GRACE)

    def next_due(self) -> float:
        return min((seat.due for seat in self._due if seat.due is not None), default=math.inf)

    def changes(self, now: float) -> Changes:
        """What has to be written by now, or in a moment; it stays so until `wrote` says that it was."""
        changes = Changes()
        for seat in [seat for seat in self._due if seat.due is not None and seat.due <= now + SETTLE]:
            if seat.empty and seat.stored is None:
                self._forget(seat)  # came and went, and nobody heard of it
            elif seat.empty:
                changes.left.append(seat)
            else:
                (changes.opened if seat.stored is None else changes.turned).append(seat)
        return changes

    def wrote(self, changes: Changes, actives: dict[Seat, bool], now: float) -> None:
        """The database has these, with what was `active` when they were written; somebody may have moved since."""
        for seat in (*changes.opened, *changes.turned):
            seat.stored, seat.stored_at = actives[seat], now
            if not seat.empty:
                self._put_off(seat, None if seat.stored is seat.active else now + RESTLESS)
        for seat in changes.left:
            seat.stored = None
            if seat.empty:
                self._forget(seat)
            else:  # they came back while their row was deleted
                self._put_off(seat, now)

    def _forget(self, seat: Seat) -> None:
        self._put_off(seat, None)
        seats = self._of[seat.user_id]
        seats.remove(seat)
        if not seats:
            del self._of[seat.user_id]

    def unstore(self) -> None:
        """The database lost them all: another process took this one for dead."""
        for seat in self:
            seat.stored = None
            self._put_off(seat, 0.0)

    def shown_as(self, user_id: int) -> bool | None:
        """What the rows of this process say of a person: active, away, or not here."""
        stored = {seat.stored for seat in self._of.get(user_id, ())} - {None}
        return True if True in stored else False if stored else None

    def _put_off(self, seat: Seat, due: float | None) -> None:
        seat.due = due
        if due is None:
            self._due.discard(seat)
        else:
            self._due.add(seat)
