"""Who may read in a room, and not speak for a time: verbs of Room. The page calls it “muted”.

The mute is of the person and not of their place: who leaves and comes back while it lasts is muted still, as the lines tell.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from chat.models.authority import decides, hold_in_transaction, require_moderator_in_transaction
from chat.models.lines import write_line_in_transaction
from chat.models.membership import Membership
from chat.models.message import Event, Message
from chat.models.refusals import NotAllowed
from chatpoc.database import again_after_conflict

if TYPE_CHECKING:
    from chat.models.room import Room

PERMISSION = "chat.change_membership"


@again_after_conflict
def silence(room: "Room", *, by: User, person: User, until: datetime, because: str = "") -> None:
    """Until then they may read, and neither write nor edit; another time than before takes its place. Raises NotAllowed."""
    with transaction.atomic():
        held = hold_in_transaction(room)
        require_moderator_in_transaction(held, by, permission=PERMISSION)
        membership = _place_of(held, person)
        if by == person:
            raise NotAllowed(_("You cannot mute yourself."))
        if membership.role == Membership.Role.MODERATOR and not decides(by, PERMISSION):
            raise NotAllowed(_("They moderate this room. Make them a member first."))
        if until <= timezone.now():
            raise NotAllowed(_("That time is over already."))
        _set(membership, until)
        line = write_line_in_transaction(held, Event.SILENCED, by=by, about=person, because=because, until=until)
        details = f"until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        record("silenced", by=by, person=person, room=held.pk, reason=line.body, details=details)


@again_after_conflict
def unsilence(room: "Room", *, by: User, person: User, because: str = "") -> bool:
    """They may speak again; False when they may already. Raises NotAllowed."""
    with transaction.atomic():
        held = hold_in_transaction(room)
        require_moderator_in_transaction(held, by, permission=PERMISSION)
        membership = _place_of(held, person)
        if by == person:
            raise NotAllowed(_("You cannot unmute yourself."))  # staff can mute a moderator
        if not membership.is_silenced:
            return False
        _set(membership, None)
        line = write_line_in_transaction(held, Event.UNSILENCED, by=by, about=person, because=because)
        record("unsilenced", by=by, person=person, room=held.pk, reason=line.body)
        return True


def silenced_until(room: "Room", person: User) -> datetime | None:
    """Of who comes into the room: the end of a mute that lasts."""
    lines = Message.objects.filter(about=person, room=room, event__in=[Event.SILENCED, Event.UNSILENCED])
    last = lines.order_by("-seq").values_list("until", flat=True).first()
    return last if last and last > timezone.now() else None


def _place_of(room: "Room", person: User) -> Membership:
    if (membership := room.memberships.filter(user=person).first()) is None:
        raise NotAllowed(_("They have left the room."))
    return membership


def _set(membership: Membership, until: datetime | None) -> None:
    membership.silenced_until = until
    membership.save(update_fields=["silenced_until"])
