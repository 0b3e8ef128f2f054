"""Taking down much at once of what somebody said."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.audit import record
from chat.models.authority import hold_in_transaction
from chat.models.message import REASON_LIMIT, Message
from chat.models.refusals import NotAllowed
from chat.models.room import Room
from chatpoc import live
from chatpoc.database import again_after_conflict

if TYPE_CHECKING:
    from accounts.models import User

BATCH = 200  # messages of one room in a transaction, in which nobody can speak there: some 20 ms
PUSHED = 20  # of a batch; of more a page is told that there is something to fetch
DELETING = "chat.delete_message"


def take_down_of(person: "User", *, since: datetime | None, by: "User", because: str) -> int:
    """Delete what `person` said since then (None: ever), in direct conversations as well; returns how many messages.

    What somebody deleted already stays as it is. Each batch stands when it is done, so what comes in between leaves the
    rest to be done again. Raises PermissionDenied.
    """
    if not by.may_moderate(person, DELETING):
        raise PermissionDenied
    why, done = because.strip()[:REASON_LIMIT], 0
    try:
        for room_id in _said(person, since).order_by("room").values_list("room", flat=True).distinct():
            after = 0
            while some := _take_down_some(room_id, person, since, after, by, why):
                after, count = some
                done += count
    finally:
        if done:
            reach = f"since {since:%Y-%m-%d %H:%M} UTC" if since else "all"
            record("deleted", by=by, person=person, thing=f"{done} messages", reason=why, details=reach)
    return done


def _said(person: "User", since: datetime | None) -> QuerySet[Message]:
    said = Message.objects.filter(author=person, deleted_at=None, event="")
    return said.filter(created_at__gte=since) if since else said


@again_after_conflict
def _take_down_some(
    room_id: int, person: "User", since: datetime | None, after: int, by: "User", why: str
) -> tuple[int, int] | None:
    """Those after this seq, at most a batch: returns the seq of the last, and how many."""
    with transaction.atomic(), live.exactly():  # the pushes say what changed
        try:
            room = hold_in_transaction(Room(pk=room_id))
        except NotAllowed:  # it was deleted meanwhile, and all that was said there
            return None
        some = list(_said(person, since).filter(room=room, seq__gt=after).order_by("seq")[:BATCH])
        if not some:
            return None
        first = room.take_versions_in_transaction(len(some))
        fields = {"deleted_at": timezone.now(), "deleted_by": by, "deleted_because": why}
        for version, message in enumerate(some, start=first):
            message.version = version
            for name, value in fields.items():
                setattr(message, name, value)
        Message.objects.filter(pk__in=[message.pk for message in some]).update(version=_versions_of(some), **fields)
        for message in some if len(some) <= PUSHED else some[-1:]:
            message.room, message.author = room, person
            transaction.on_commit(_announcing(message), robust=True)
    return some[-1].seq, len(some)


def _versions_of(messages: list[Message]) -> RawSQL:
    """As Case and When, which take five times as long to be put together."""
    cases = " ".join(["WHEN %s THEN %s"] * len(messages))
    return RawSQL(f"CASE id {cases} END", [n for message in messages for n in (message.pk, message.version)])  # noqa: S611


def _announcing(message: Message) -> Callable[[], None]:
    def announce() -> None:
        from chat.partials import publish_change  # it renders messages, and so needs the models

        publish_change(message)

    return announce
