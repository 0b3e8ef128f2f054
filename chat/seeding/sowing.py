"""All of it in order: people, rooms, and what they say, a batch at a time, until it is done or somebody stops it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import connection

from chat.models import Room
from chat.seeding.clock import Rhythm
from chat.seeding.history import History, Segment
from chat.seeding.people import Person, founded_before, numbers_of, people_of, shared_hash, write_people
from chat.seeding.plan import EARLIER, Plan
from chat.seeding.rooms import RoomPlan, counts, rooms_of, rooms_there, write_rooms
from chat.seeding.stock import stock_of
from chat.seeding.writing import write

BATCH = (
    5_000  # messages of one transaction: what others write into the same rooms waits for a fifth of a second, at most
)
MOODS = 4  # rooms of one language that are busy on other days
# KiB of cache, since the indexes are larger than SQLite's 2 MB; and pages written before they are moved out of the log.
SQLITE = ("PRAGMA cache_size = -65536", "PRAGMA wal_autocheckpoint = 8000")

Watch = Callable[[str, int, int], None]  # what is made, how many of it are there, of how many


class Stopped(Exception):
    """Somebody stopped it between two transactions."""


@dataclass
class Sowing:
    """A plan, and what of it is in the database."""

    plan: Plan
    people: list[Person]
    rooms: list[RoomPlan]  # without conversations of two in which nothing is said
    counts: list[int]  # messages of each
    until: datetime  # to when more of the same chat is said
    made: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("people", "rooms", "messages"), 0))

    @classmethod
    def of(cls, plan: Plan, until: datetime | None) -> "Sowing":
        """`until`: the moment that was asked for. Without one an earlier run's stands, and what it has not said follows it, up
        to now, which the plan has. Raises BadPlan."""
        plan.check()
        now = plan.until
        if founded := founded_before(plan):
            plan = replace(plan, until=founded + EARLIER + timedelta(days=plan.days))
        people = people_of(plan)
        rooms = rooms_of(plan, people)
        found = counts(rooms, plan.messages)
        kept = [
            (room, count) for room, count in zip(rooms, found, strict=True) if count or room.kind != Room.Kind.DIRECT
        ]
        return cls(plan, people, [room for room, _ in kept], [count for _, count in kept], until or now)

    def there(self) -> dict[str, int]:
        """How much of it is in the database: people, and rooms."""
        users = numbers_of(self.people)
        if len(users) < len(self.people):
            return {"people": len(users), "rooms": 0}
        return {"people": len(users), "rooms": len(rooms_there(self.rooms, [users[one.handle] for one in self.people]))}

    def sow(self, password: str, watch: Watch, stopping: Callable[[], bool]) -> None:
        """Raises Stopped, BadPlan. `made` says how many rows it wrote, in any case."""
        tune()
        users = self.sow_people(password, watch, stopping)
        ids = self.sow_rooms(users, watch, stopping)
        self._sow_messages(users, ids, watch, stopping)

    def sow_people(self, password: str, watch: Watch, stopping: Callable[[], bool]) -> list[int]:
        found = numbers_of(self.people)
        before = len(found)
        for there in write_people(self.people, found, shared_hash(self.plan, password)):
            self.made["people"] = len(found) - before
            watch("people", there, len(self.people))
            check(stopping)
        return [found[person.handle] for person in self.people]

    def sow_rooms(self, users: Sequence[int], watch: Watch, stopping: Callable[[], bool]) -> dict[str, int]:
        found: dict[str, int] = {}
        for ids, made in write_rooms(self.rooms, users, self.people):
            found |= ids
            self.made["rooms"] += made
            watch("rooms", len(found), len(self.rooms))
            check(stopping)
        return found

    def _sow_messages(
        self, users: Sequence[int], ids: dict[str, int], watch: Watch, stopping: Callable[[], bool]
    ) -> None:
        there = 0
        for there, batch in self.batches(users, ids):
            if batch:
                self.made["messages"] += write(batch)
            watch("messages", there, self.plan.messages)
            check(stopping)

    def batches(self, users: Sequence[int], ids: dict[str, int]) -> Iterator[tuple[int, list[Segment]]]:
        """How many messages are there once the batch is written, and the batch."""
        begun = set(Room.objects.filter(last_seq__gt=0, created_at__gte=self.plan.begin).values_list("pk", flat=True))
        rhythms = Rhythms(self.plan, max(self.plan.until, self.until))
        batch: list[Segment] = []
        there = size = 0
        for room, count in zip(self.rooms, self.counts, strict=True):
            history = History(self.plan, room, ids[room.key], self.people, users)
            first = history.there(count) if history.pk in begun else 0
            there += first
            segment: Segment | None = None
            for number, said in history.rest(rhythms.of(room), first, count, self.until):
                if segment is None:
                    batch.append(segment := Segment(history, number))
                segment.said += said
                size += len(said)
                if size >= BATCH:
                    there += size
                    yield there, batch
                    batch, segment, size = [], None, 0
        yield there + size, batch


class Rhythms:
    """Each is reckoned once, for many rooms."""

    def __init__(self, plan: Plan, end: datetime) -> None:
        self.plan, self.end = plan, end
        self._known: dict[str, Rhythm] = {}

    def of(self, room: RoomPlan) -> Rhythm:
        stock, mood = stock_of(room.locale), self.plan.number(f"{room.key}:mood", MOODS)
        name = f"rhythm:{room.locale}:{room.tone}:{mood}"
        if name not in self._known:
            chance = self.plan.chance(name)
            self._known[name] = Rhythm.of(room.tone, self.plan.begin, self.end, stock, chance)
        return self._known[name]


def tune() -> None:
    """For what this connection is about to write."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for pragma in SQLITE:
                cursor.execute(pragma)


def check(stopping: Callable[[], bool]) -> None:
    if stopping():
        raise Stopped
