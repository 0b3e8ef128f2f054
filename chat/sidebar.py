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


SHOWN = 300  # conversations; each is one or two tags of the thousand that a page may watch


def memberships_shown(viewer: User) -> QuerySet[Membership]:
    """Those of the most recent conversations of `viewer`, in their order."""
    return Membership.objects.filter(user=viewer).order_by("-room__last_at", "room__pk")[:SHOWN]


def entries_for(viewer: User) -> list[Entry]:
    """The most recent conversations of `viewer`. One query."""
    memberships = memberships_shown(viewer).select_related("room", "room__direct_low", "room__direct_high")
    return [
        Entry(membership.room, membership.room.title_for(viewer), membership.room.other_than(viewer), membership.unread)
        for membership in memberships
    ]
