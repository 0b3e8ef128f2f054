"""The viewer's conversations, ready to show."""

from dataclasses import dataclass

from django.db.models import F, OuterRef, QuerySet, Subquery

from accounts.models import User
from chat.models import Membership, Room
from chatpoc import live


@dataclass(frozen=True)
class Entry:
    room: Room
    title: str
    person: User | None  # the other one of a direct conversation
    unread: int
    muted: bool  # the viewer wants to hear nothing of it


SHOWN = 300  # conversations; each is one or two tags of the thousand that a page may watch


def memberships_shown(viewer: User) -> QuerySet[Membership]:
    """Those of the most recent conversations of `viewer`, in their order."""
    return Membership.objects.filter(user=viewer).order_by("-room__last_at", "room__pk")[:SHOWN]


def read_everything(viewer: User) -> None:
    """Move all read marks of `viewer` to the end. One statement, however many conversations."""
    last = Room.objects.filter(pk=OuterRef("room")).values("last_seq")
    with live.exactly(f"conversations:{viewer.pk}"):
        behind = Membership.objects.filter(user=viewer, read_seq__lt=F("room__last_seq"))
        behind.update(read_seq=Subquery(last))


def entries_for(viewer: User, count: int = SHOWN) -> list[Entry]:
    """The most recent conversations of `viewer`. One query."""
    return entries_of(viewer, memberships_shown(viewer)[:count])


def entries_of(viewer: User, memberships: QuerySet[Membership]) -> list[Entry]:
    return [
        Entry(
            membership.room,
            membership.room.title_for(viewer),
            membership.room.other_than(viewer),
            membership.unread,
            membership.is_muted,
        )
        for membership in memberships.select_related("room", "room__direct_low", "room__direct_high")
    ]
