"""The viewer's conversations, ready to show."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from chat.models import Membership, Room


@dataclass(frozen=True)
class Entry:
    room: Room
    title: str
    person: User | None  # the other one of a direct conversation
    last_at: datetime


def entries_for(viewer: User) -> list[Entry]:
    """All conversations of `viewer`, the most recent first. One query."""
    memberships = (
        Membership.objects.filter(user=viewer)
        .select_related("room", "room__direct_low", "room__direct_high")
        .order_by("-room__last_at", "room__pk")
    )
    rooms = [membership.room for membership in memberships]
    return [Entry(room, room.title_for(viewer), room.other_than(viewer), room.last_at) for room in rooms]
