"""Who comes into a room and who goes: verbs of Room.

Anyone may enter an open room. Any member may bring others into it, who could enter by themselves anyway; into a closed one only
moderators bring people, since whoever is in it reads everything that was ever said there. An archived room can only be left.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from chat.models.authority import decides, hold_in_transaction, require_group, require_moderator_in_transaction
from chat.models.lines import write_line_in_transaction
from chat.models.membership import Membership
from chat.models.message import Event
from chat.models.refusals import Archived, NotAllowed
from chatpoc.database import again_after_conflict

if TYPE_CHECKING:
    from chat.models.room import Room

MODERATOR = Membership.Role.MODERATOR


@again_after_conflict
def enter(room: "Room", user: User) -> Membership:
    """Come into an open room; who comes into an empty one moderates it. Raises NotAllowed, Archived."""
    with transaction.atomic():
        held = hold_in_transaction(room)
        if there := held.memberships.filter(user=user).first():
            return there
        if held.kind != held.Kind.OPEN:
            raise NotAllowed(_("This room is closed. A moderator of it can invite you."))
        if held.archived_at:
            raise Archived
        empty = not held.is_lobby and not held.memberships.exists()
        return held.join(user, role=MODERATOR if empty else Membership.Role.MEMBER)


@again_after_conflict
def invite(room: "Room", *, by: User, people: Collection[User]) -> list[User]:
    """Bring people in, and return those who were not there yet. Raises NotAllowed, Archived."""
    with transaction.atomic():
        held = hold_in_transaction(room)
        require_group(held)
        as_staff = not (may := held.invites(by)) and decides(by, "chat.change_membership")
        if not may and not as_staff:
            raise NotAllowed(_("Only a moderator may invite people into a closed room."))
        if held.archived_at:
            raise Archived
        asked = User.objects.filter(pk__in=[person.pk for person in people], is_active=True).exclude(rooms=held)
        new = list(
            asked.exclude(blocks__person=by.pk)
        )  # who blocked `by` is passed over, as who has left: nobody is told
        for person in new:
            held.join(person)
            if as_staff:
                record("brought in", by=by, person=person, room=held.pk)
        return new


@again_after_conflict
def leave(room: "Room", user: User) -> None:
    """Go. The last moderator hands the role on to whoever has been there longest; a closed room that nobody is left in could
    never be entered again, so it is archived. Raises NotAllowed for a direct room."""
    with transaction.atomic():
        held = hold_in_transaction(room)
        require_group(held)
        if membership := held.memberships.filter(user=user).first():
            membership.delete()
            _hand_on_in_transaction(held, membership)


@again_after_conflict
def remove(room: "Room", *, by: User, person: User, because: str = "") -> bool:
    """Send somebody out; False when they had gone already. Raises NotAllowed."""
    with transaction.atomic():
        held = hold_in_transaction(room)
        require_moderator_in_transaction(held, by, permission="chat.change_membership")
        if by == person:
            raise NotAllowed(_("You cannot remove yourself. Leave the room instead."))
        if membership := held.memberships.filter(user=person).first():
            membership.delete()  # first: who is out hears no line
            line = write_line_in_transaction(held, Event.REMOVED, by=by, about=person, because=because)
            record("removed", by=by, person=person, room=held.pk, reason=line.body)
            _hand_on_in_transaction(held, membership)
        return membership is not None


def _hand_on_in_transaction(room: "Room", gone: Membership) -> None:
    if room.is_lobby:
        return  # everyone's: whoever runs the chat names its moderators
    left = room.memberships.order_by("-user__is_active", "joined_at", "pk")
    heir = left.first()
    if heir is None and room.kind == room.Kind.CLOSED and not room.archived_at:
        room.archived_at = timezone.now()
        room.save(update_fields=["archived_at"])
        record("archived", by=None, room=room.pk)
    elif heir and gone.role == MODERATOR and not left.filter(role=MODERATOR, user__is_active=True).exists():
        heir.take_role_in_transaction(MODERATOR, by=None)
