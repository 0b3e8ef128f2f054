"""Who has seen how far: what the members of a direct conversation or a small room are shown of each other."""

import json
from collections import defaultdict

from django.db.models import Exists, OuterRef, QuerySet

from chat.models import Membership, Room
from chat.tags import rooms_shared
from chatpoc import live

READERS = 50  # members; in a larger room faces say little, and each mark would be told to everyone


def rooms_with_receipts() -> QuerySet[Room]:
    """Looks at one member more than there may be, however large the room."""
    one_too_many = Membership.objects.filter(room=OuterRef("pk")).order_by("pk")[READERS:]
    rooms: QuerySet[Room] = Room.objects.exclude(Exists(one_too_many))
    return rooms


def are_shown(room_id: int) -> bool:
    return rooms_with_receipts().filter(pk=room_id).exists()


def receipts(ids: list[str]) -> dict[str, str]:
    """For each room `{"7": [1017, 1732480000]}`: the last seq that person 7 saw, and when (Unix time; 0: not known)."""
    rooms = rooms_with_receipts().filter(pk__in=[int(id_) for id_ in ids])
    seen = Membership.objects.filter(room__in=rooms, seen_seq__gt=0, user__is_active=True)
    marks: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for room, person, seq, at in seen.order_by("user_id").values_list("room_id", "user_id", "seen_seq", "seen_at"):
        marks[room][str(person)] = [seq, int(at.timestamp()) if at else 0]
    return {id_: json.dumps(marks[int(id_)], separators=(",", ":")) for id_ in ids}


# A hint of its own tells that somebody saw something (see chat.seen). One's own message moves one's mark and tells nobody:
# pages know it by the message.
live.declare_state("receipts", rooms_shared, receipts, after=["people"], like=["members"])
