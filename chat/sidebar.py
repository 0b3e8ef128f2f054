"""The viewer's conversations, ready to show."""

from dataclasses import dataclass

from accounts.models import User
from chat.models import Membership, Room


@dataclass(frozen=True)
class Entry:
    room: Room
    title: str
    person: User | None  # the other one of a direct conversation
    unread: int


def entries_for(viewer: User) -> list[Entry]:
    """All conversations of `viewer`, the most recent first. One query."""
    memberships = (
        Membership.objects.filter(user=viewer)
        .select_related("room", "room__direct_low", "room__direct_high")
        .order_by("-room__last_at", "room__pk")
    )
    return [
        Entry(membership.room, membership.room.title_for(viewer), membership.room.other_than(viewer), membership.unread)
        for membership in memberships
    ]
