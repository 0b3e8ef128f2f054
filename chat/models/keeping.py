"""What moderators decide about a room: verbs of Room."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models.authority import hold_in_transaction, require_moderator_in_transaction
from chat.models.refusals import Archived, NotAllowed
from chatpoc.database import again_after_conflict

if TYPE_CHECKING:
    from accounts.models import User
    from chat.models.room import Room


@again_after_conflict
def change(room: "Room", *, by: "User", name: str, subject: str, kind: str) -> None:
    """Call it something else, open or close it. Raises NotAllowed, Archived."""
    wanted = {"name": name, "subject": subject, "kind": kind}
    with transaction.atomic():
        held = hold_in_transaction(room)
        require_moderator_in_transaction(held, by)
        if held.archived_at:
            raise Archived
        if held.is_lobby and kind != held.Kind.OPEN:
            raise NotAllowed(_("The room that everyone joins cannot be closed."))
        _save(held, {field: value for field, value in wanted.items() if getattr(held, field) != value})
    for field, value in wanted.items():
        setattr(room, field, value)


@again_after_conflict
def archive(room: "Room", *, by: "User") -> None:
    """From now on it is read-only. Raises NotAllowed."""
    with transaction.atomic():
        held = hold_in_transaction(room)
        require_moderator_in_transaction(held, by)
        if held.is_lobby:
            raise NotAllowed(_("The room that everyone joins cannot be archived."))
        if not held.archived_at:
            _save(held, {"archived_at": timezone.now()})
        room.archived_at = held.archived_at


@again_after_conflict
def reopen(room: "Room", *, by: "User") -> None:
    """Raises NotAllowed."""
    with transaction.atomic():
        held = hold_in_transaction(room)
        require_moderator_in_transaction(held, by)
        if held.archived_at:
            _save(held, {"archived_at": None})
        room.archived_at = None


def _save(room: "Room", changed: dict[str, object]) -> None:
    for field, value in changed.items():
        setattr(room, field, value)
    if changed:
        room.save(update_fields=list(changed))
