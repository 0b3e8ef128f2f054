"""The viewer's conversations, ready to show."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from chat.models import Membership, Room


@dataclass(frozen=True)
class Entry:
    room: Room
    title: str
    person: User | None  # the other one of a direct conversation
    unread: int
    read: int  # the seq up to which it is read
    muted: bool  # the viewer wants to hear nothing of it


RECENT = ("-room__last_at", "room__pk")
SHOWN = 300  # conversations; each is one or two tags of the thousand that a page may watch


def memberships_shown(viewer: User) -> QuerySet[Membership]:
    """Those of the most recent conversations of `viewer`, in their order."""
    return Membership.objects.filter(user=viewer).order_by(*RECENT)[:SHOWN]


def entries_for(viewer: User, count: int = SHOWN) -> list[Entry]:
    """The most recent conversations of `viewer`. One query, which first finds which they are: who is in 5,000 rooms would pay
    for the people and the words of all of them."""
    recent = memberships_shown(viewer)[:count].values("pk")
    return entries_of(viewer, Membership.objects.filter(pk__in=recent).order_by(*RECENT))


def entries_of(viewer: User, memberships: QuerySet[Membership]) -> list[Entry]:
    return [
        Entry(
            room=place.room,
            title=place.room.title_for(viewer),
            person=place.room.other_than(viewer),
            unread=place.unread,
            read=place.read_seq,
            muted=place.is_muted,
        )
        for place in memberships.select_related("room", "room__direct_low", "room__direct_high")
    ]
