"""How far the viewer has read, as their browser tells: `{"seen": {"42": 1017}}`."""

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from chat.models import Membership
from chatpoc import live

ROOMS = 20  # in one frame


def seen(viewer: AbstractBaseUser, marks: dict[str, object]) -> None:
    """Move the viewer's read marks forward, never past what was said. One statement a room, whatever its history."""
    for room_id, seq in list(marks.items())[:ROOMS]:
        if not (room_id.isdecimal() and len(room_id) < 19 and type(seq) is int and 0 < seq < 2**63):
            raise live.FrameError("bad-seen", _("The chat could not tell what was read."))
        membership = Membership.objects.filter(user_id=viewer.pk, room_id=int(room_id))
        with live.exactly(f"conversations:{viewer.pk}"):
            membership.filter(read_seq__lt=seq, room__last_seq__gte=seq).update(read_seq=seq)


live.hear("seen", seen)
