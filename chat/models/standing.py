"""Whether two people may write to each other where they are alone."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from accounts.models import Block
from chat.models.refusals import Unwelcome

if TYPE_CHECKING:
    from accounts.models import User
    from chat.models.room import Room

# Of the row `chat_room` that a statement is about: true where neither of a direct room's two blocked the other.
NOT_APART = """NOT EXISTS (SELECT 1 FROM accounts_block WHERE (by_id = direct_low_id AND person_id = direct_high_id)
 OR (by_id = direct_high_id AND person_id = direct_low_id))"""


def blocked_by(viewer: "User") -> Exists:
    """Of rooms: the direct ones whose other person the viewer blocked."""
    return Exists(
        Block.objects.filter(Q(person=OuterRef("direct_low")) | Q(person=OuterRef("direct_high")), by=viewer.pk)
    )


def kept_apart() -> Exists:
    """Of rooms: the direct ones of which one blocked the other."""
    low, high = OuterRef("direct_low"), OuterRef("direct_high")
    return Exists(Block.objects.filter(Q(by=low, person=high) | Q(by=high, person=low)))


def are_apart(room: "Room") -> bool:
    """Of a direct room; in any other all may write. One statement, and none for the others."""
    if room.kind != room.Kind.DIRECT or room.direct_low_id is None or room.direct_high_id is None:
        return False
    found: bool = Block.objects.between(room.direct_low_id, room.direct_high_id).exists()
    return found


def require_welcome(room: "Room") -> None:
    """Raises Unwelcome, with the same text for both: it does not say who blocked whom."""
    if are_apart(room):
        raise Unwelcome
