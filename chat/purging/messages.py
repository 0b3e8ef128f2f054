"""The beginning of a room goes: first out of everybody's sight, at once, then out of the database, bit by bit.

What goes is always a beginning, so what is left has no gaps: seq counts on, and `Room.purged_seq` says where it starts. A page
that is open, or comes back from a sleep, has an older version than `Room.purged_version` and starts again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.audit import record
from chat.models import Membership, Message, Report, Room
from chat.models.message import Event
from chatpoc import live
from chatpoc.batches import by_key, unhurried
from chatpoc.database import again_after_conflict

AT_ONCE = 1_000  # messages; tens of milliseconds
TRIES = 3  # of a batch of which somebody reports a message at the same time


@dataclass(frozen=True)
class Part:
    """What goes of a room: everything up to the seq `last`, of which `first` is what there is."""

    room: Room
    first: int
    last: int
    count: int


def what_goes(rooms: QuerySet[Room], before: datetime) -> Iterator[Part]:
    """Of each of these rooms what was said before then, and what an interrupted purge left."""
    for room in by_key(rooms):
        if part := part_of(room, before):
            yield part


def part_of(room: Room, before: datetime) -> Part | None:
    oldest = room.messages.order_by("seq").values_list("seq", "created_at").first()
    if oldest is None or (oldest[0] > room.purged_seq and oldest[1] >= before):
        return None
    kept = room.said.filter(created_at__gte=before).order_by("seq").values_list("seq", flat=True).first()
    last = room.last_seq if kept is None else kept - 1
    # A line says until when somebody is muted, also after they left and came back: it stays as long, and so what follows it.
    mutes = room.messages.filter(about__isnull=False, event=Event.SILENCED, until__gt=timezone.now())
    if lasting := mutes.order_by("seq").values_list("seq", flat=True).first():
        last = min(last, lasting - 1)
    return Part(room, oldest[0], last, room.messages.filter(seq__lte=last).count())


def purge(part: Part, before: datetime) -> Iterator[int]:
    """Do it; yields how many went with each batch. Whoever stops in between leaves rows that nobody is shown."""
    hide(part, before)
    low = part.first - 1

    def batch() -> int:
        nonlocal low
        gone = 0
        while not gone and low < part.last:
            low, since = min(low + AT_ONCE, part.last), low
            gone = _delete(part.room, since, low)
        return gone

    yield from unhurried(batch)


@again_after_conflict
def hide(part: Part, before: datetime) -> None:
    """One change of the room, however much goes, and no more unread than is left to read."""
    room = part.room
    # Not the whole types: each page that shows this room starts again, and each sidebar counts anew.
    with transaction.atomic(), live.exactly(room.topic, f"activity:{room.pk}"):
        version = F("version") + 1
        behind = Room.objects.filter(pk=room.pk, purged_seq__lt=part.last)
        if behind.update(purged_seq=part.last, version=version, purged_version=version):
            Membership.objects.filter(room=room, read_seq__lt=part.last).update(read_seq=part.last)
            said = f"{part.count} messages said before {before:%Y-%m-%d %H:%M} UTC"
            record("purged", by=None, room=room.pk, thing=f"up to message {part.last}", details=said)


def _delete(room: Room, since: int, last: int) -> int:
    for tried in range(1, TRIES + 1):
        try:
            return _delete_in_one_go(room, since, last)
        except IntegrityError:  # reported between the two statements
            if tried == TRIES:
                raise
    raise AssertionError


@again_after_conflict
def _delete_in_one_go(room: Room, since: int, last: int) -> int:
    """The reports of what goes keep what it said. Not Django's own delete, which would read all of it first."""
    gone = Message.objects.filter(room=room, seq__gt=since, seq__lte=last)
    with transaction.atomic():
        Report.objects.filter(message__in=gone).update(message=None)
        return gone._raw_delete(gone.db)
