"""What moderators do with a report: verbs of Report. Nobody decides about a report of themselves, whatever they may do else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from chat.models.refusals import NotAllowed
from chatpoc.database import again_after_conflict

if TYPE_CHECKING:
    from accounts.models import User
    from chat.models.report import Report

NOTE_LIMIT = 300  # characters


@again_after_conflict
def take(report: "Report", *, by: "User", over: int | None = None) -> None:
    """Say that one works on it. `over` is the id of who has it, as far as one knows, from whom one takes it; if it is somebody
    else by now, it raises NotAllowed."""
    with _held_for(report, by) as held:
        before = held.taken_by
        if before not in {None, by} and before.pk != over:
            raise NotAllowed(_("%(name)s has taken this report meanwhile.") % {"name": before.name})
        if before != by:
            _change_in_transaction(held, report, state=held.State.TAKEN, taken_by=by)
            _note("took a report", held, by, details=f"over from {before.pk}" if before else "")


@again_after_conflict
def give_back(report: "Report", *, by: "User") -> None:
    """Let the others have it. Raises NotAllowed for who has not taken it."""
    with _held_for(report, by) as held:
        if held.taken_by != by:
            raise NotAllowed(_("You have not taken this report."))
        _change_in_transaction(held, report, state=held.State.OPEN, taken_by=None)
        _note("gave a report back", held, by)


@again_after_conflict
def resolve(report: "Report", *, by: "User", outcome: str, note: str = "") -> None:
    """Say what came of it, which those who complained are told; the note is for other moderators. Raises NotAllowed."""
    with _held_for(report, by) as held:
        if held.taken_by not in {None, by}:
            name = held.taken_by.name
            raise NotAllowed(_("%(name)s has taken this report. Take it over first.") % {"name": name})
        why = note.strip()[:NOTE_LIMIT]
        done = {"outcome": held.Outcome(outcome), "note": why, "resolved_at": timezone.now(), "taken_by": by}
        _change_in_transaction(held, report, state=held.State.RESOLVED, **done)
        _note("resolved a report", held, by, reason=why, details=str(outcome))


@contextmanager
def _held_for(report: "Report", by: "User") -> Iterator["Report"]:
    """A transaction in which this is the report as it is now, still to be resolved, and `by` may do so."""
    if not (by.is_active and by.is_staff and by.has_perm("chat.change_report")):
        raise NotAllowed(_("Only moderators of the whole chat work on reports."))
    if report.person_id == by.pk:
        raise NotAllowed(_("This report is about you. Somebody else decides about it."))
    with transaction.atomic():
        # Nothing is joined: of a row for which it waited, PostgreSQL joins what belonged to it before.
        stored = type(report).objects.select_for_update(no_key=True).filter(pk=report.pk).first()
        if stored is None:
            raise NotAllowed(_("This report is no longer there."))
        if stored.is_resolved:
            raise NotAllowed(_("This report was resolved meanwhile."))
        yield stored


def _change_in_transaction(held: "Report", report: "Report", **fields: object) -> None:
    for name, value in fields.items():
        setattr(held, name, value)
        setattr(report, name, value)
    held.save(update_fields=list(fields))


def _note(what: str, report: "Report", by: "User", *, reason: str = "", details: str = "") -> None:
    room = report.message.room_id if report.message else None
    record(
        what, by=by, person=report.person, room=room, thing=f"report {report.pk}", reason=reason, details=details
    )  # fmt: skip
