"""What the viewer has seen, as their browser tells: `{"seen": {"42": [1012, 1017]}}`.

The second number was in sight, in front of somebody; the first is the furthest that this page ever knew to be read.
"""

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from accounts.addresses import is_id
from accounts.models import User
from chat.marks import see
from chat.receipts import are_shown
from chatpoc import live

ROOMS = 20  # in one frame


def seen(viewer: AbstractBaseUser, marks: dict[str, object]) -> None:
    """Move the viewer's marks forward, never past what was said. One statement a room, whatever its history."""
    assert isinstance(viewer, User)  # noqa: S101  (AUTH_USER_MODEL; for the type checker)
    for room, mark in list(marks.items())[:ROOMS]:
        room_id, known, seq = checked(room, mark)
        if see(viewer, room_id, seq, known=known) and are_shown(room_id):
            live.look_again([f"receipts:{room_id}"])


def checked(room: str, mark: object) -> tuple[int, int, int]:
    """The room's id and the two numbers; FrameError when they are none."""
    if is_id(room) and isinstance(mark, list) and len(mark) == 2:
        known, seq = mark
        if type(known) is type(seq) is int and 0 <= known < 2**63 and 0 < seq < 2**63:
            return int(room), known, seq
    raise live.FrameError("bad-seen", _("The chat could not tell what was read."))


live.hear("seen", seen)
