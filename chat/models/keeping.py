"""What moderators decide about a room: verbs of Room."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from chat.models.authority import hold_in_transaction, require_moderator_in_transaction
from chat.models.lines import write_line_in_transaction
from chat.models.message import Event
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
        _change_in_transaction(
            held, by, {field: value for field, value in wanted.items() if getattr(held, field) != value}
        )
    for field, value in wanted.items():
        setattr(room, field, value)


@again_after_conflict
def archive(room: "Room", *, by: "User", because: str = "") -> None:
    """From now on it is read-only. Raises NotAllowed."""
    with transaction.atomic():
        held = hold_in_transaction(room)
        require_moderator_in_transaction(held, by)
        if held.is_lobby:
            raise NotAllowed(_("The room that everyone joins cannot be archived."))
        if not held.archived_at:
            _save(held, {"archived_at": timezone.now()})
            line = write_line_in_transaction(held, Event.ARCHIVED, by=by, because=because)
            record("archived", by=by, room=held.pk, reason=line.body)
        room.archived_at = held.archived_at


@again_after_conflict
def reopen(room: "Room", *, by: "User", because: str = "") -> None:
    """Raises NotAllowed."""
    with transaction.atomic():
        held = hold_in_transaction(room)
        require_moderator_in_transaction(held, by)
        if held.archived_at:
            _save(held, {"archived_at": None})
            line = write_line_in_transaction(held, Event.REOPENED, by=by, because=because)
            record("reopened", by=by, room=held.pk, reason=line.body)
        room.archived_at = None


def _change_in_transaction(room: "Room", by: "User", changed: dict[str, str]) -> None:
    if not changed:
        return
    details = "; ".join(f"{field}: {getattr(room, field)} → {value}" for field, value in changed.items())
    _save(room, changed)
    if kind := changed.get("kind"):
        write_line_in_transaction(room, Event.OPENED if kind == room.Kind.OPEN else Event.CLOSED, by=by)
    record("changed the room", by=by, room=room.pk, details=details)


def _save(room: "Room", changed: Mapping[str, object]) -> None:
    for field, value in changed.items():
        setattr(room, field, value)
    room.save(update_fields=list(changed))
