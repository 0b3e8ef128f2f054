"""Who may decide about a room, looked at while nobody else can change it."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from chat.models.refusals import Archived, NotAllowed, NotAMember

if TYPE_CHECKING:
    from accounts.models import User
    from chat.models.room import Room


def hold_in_transaction(room: "Room") -> "Room":
    """The room as it is now, its row locked until the transaction ends: of two who change its members at once, one comes
    second, and finds what the first did. Raises NotAllowed when it was deleted."""
    if (held := _locked(room)) is None:
        raise NotAllowed(_("This room is no longer there."))
    return held


def hold_for_in_transaction(room: "Room", author: "User") -> None:
    """The same for somebody who changes what they said in it. Raises NotAMember, Archived."""
    held = _locked(room)
    if held is None or not held.memberships.filter(user=author).exists():
        raise NotAMember
    if held.archived_at:
        raise Archived


def _locked(room: "Room") -> "Room | None":
    # Without the key: else who joins by themselves, whose row refers to the room, would wait for this and this for them.
    held: Room | None = type(room).objects.select_for_update(no_key=True).filter(pk=room.pk).first()
    return held


def require_group(room: "Room") -> None:
    if room.kind == room.Kind.DIRECT:
        raise NotAllowed(_("A direct conversation is for its two people."))


def require_moderator_in_transaction(
    room: "Room", by: "User", *, permission: str = "chat.change_room", direct: bool = False
) -> None:
    """A moderator of the room; or staff with the permission, who need not be in it. `direct` allows them a direct one, too."""
    staff = decides(by, permission)
    if not (direct and staff):
        require_group(room)
    if not staff and not room.moderated_by(by):
        raise NotAllowed(_("Only a moderator of this room may do that."))


def decides(by: "User", permission: str) -> bool:
    """Staff who may, wherever it is."""
    return by.is_active and by.is_staff and by.has_perm(permission)
