"""How far people have read their conversations, and what the others are told that they saw.

Two marks of each membership: `read_seq` counts what is unread, and may be put back; `seen_seq` was really in sight, and never
moves back. Each of these is one statement or two, whatever the history.
"""

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import User
from chat.models import Membership, Room
from chatpoc import live


def see(viewer: User, room_id: int, seq: int, *, known: int) -> bool:
    """`seq` was in sight, on a page that knew all up to `known` to be read. Returns whether the others may be told of it.

    It is read, too, unless it was seen before and put back to unread since the page learned what is read.
    """
    # No joins: Django would look for the row in a subquery, and PostgreSQL not ask again about what changed while it waited.
    here = places(viewer, room_id).filter(Exists(Room.objects.filter(pk=room_id, last_seq__gte=seq)))
    hidden = Exists(User.objects.filter(pk=viewer.pk, hidden_since__isnull=False))
    not_put_back = Q(read_seq__lt=seq, read_seq__gte=known)
    with live.exactly(f"conversations:{viewer.pk}"):
        if here.filter(~hidden, Q(seen_seq__lt=seq) | not_put_back).update(
            read_seq=at_least("read_seq", seq),
            seen_seq=at_least("seen_seq", seq),
            seen_at=Case(When(seen_seq__lt=seq, then=Value(timezone.now())), default=F("seen_at")),
        ):
            return True
        # Who appears offline left at that moment: their receipts stand where they stood.
        here.filter(hidden, not_put_back).update(read_seq=at_least("read_seq", seq))
    return False


def read_everything(viewer: User, *, room: Room | None = None) -> None:
    """Move the read mark to the end, of this room or of all. Nobody is told: it was not seen."""
    last = Subquery(Room.objects.filter(pk=OuterRef("room")).values("last_seq"))
    behind = Membership.objects.filter(user=viewer, read_seq__lt=F("room__last_seq"))
    with live.exactly(f"conversations:{viewer.pk}"):
        # What was said and read while this waited for the row is beyond the `last` that it knows.
        (behind.filter(room=room) if room else behind).update(read_seq=Greatest(F("read_seq"), last))


def put_back(viewer: User, room: Room, seq: int | None) -> None:
    """Mark as unread from the message `seq` on; without one, the last message, unless more is unread already."""
    wanted = room.last_seq if seq is None else min(seq, room.last_seq + 1)
    read = max(room.purged_seq, wanted - 1)
    marked = places(viewer, room.pk)
    with live.exactly(f"conversations:{viewer.pk}"):
        (marked.filter(read_seq__gt=read) if seq is None else marked.exclude(read_seq=read)).update(read_seq=read)


def places(viewer: User, room_id: int) -> QuerySet[Membership]:
    """The one place that `viewer` has in the room, if any."""
    return Membership.objects.filter(user=viewer, room=room_id)


def at_least(field: str, seq: int) -> Greatest:
    """In the statement itself, so that of two words that arrive at once the smaller does not win."""
    return Greatest(F(field), Value(seq, output_field=BigIntegerField()))
