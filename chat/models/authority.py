"""Who may decide about a room, looked at while nobody else can change it."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from chat.models.refusals import Archived, NotAllowed, NotAMember, Silenced

if TYPE_CHECKING:
    from accounts.models import User
    from chat.models.membership import Membership
    from chat.models.room import Room


def hold_in_transaction(room: "Room") -> "Room":
    """The room as it is now, its row locked until the transaction ends: of two who change its members at once, one comes
    second, and finds what the first did. Raises NotAllowed when it was deleted."""
    if (held := _locked(room)) is None:
        raise NotAllowed(_("This room is no longer there."))
    return held


def hold_for_in_transaction(room: "Room", author: "User") -> "Membership":
    """The same for somebody who changes what they said in it; their place in it. Raises NotAMember, Archived."""
    held = _locked(room)
    if held is None or not (place := held.memberships.filter(user=author).first()):
        raise NotAMember
    if held.archived_at:
        raise Archived
    return place


def refusal_to_speak(room: "Room", author: "User") -> Exception:
    """Why somebody may not: they are not in the room, or are muted. Asked when it is known that they may not."""
    place = room.memberships.filter(user=author).first()
    if place is None or not place.silenced_until:
        return NotAMember()
    return Silenced(place.silenced_until, author.time_zone, why_silenced(place))


def why_silenced(place: "Membership") -> str:
    """As the line says, which all members see."""
    lines = place.room.messages.filter(about=place.user_id, event="silenced").order_by("-seq")
    return lines.values_list("body", flat=True).first() or ""


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
    if not (direct and decides(by, permission)):
        require_group(room)
    if not moderates(room, by, permission):
        raise NotAllowed(_("Only a moderator of this room may do that."))


def moderates(room: "Room", by: "User", permission: str) -> bool:
    return decides(by, permission) or room.moderated_by(by)


def decides(by: "User", permission: str) -> bool:
    """Staff who may, wherever it is."""
    return by.is_active and by.is_staff and by.has_perm(permission)
