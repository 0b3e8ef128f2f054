"""People report a message, or somebody: verbs of Report.objects.

However many complain of the same thing, it stands in the queue once, until it is resolved. Who complains again of what is still
there says it anew. Nobody hears of it but moderators; the hint that something came goes to the one who complained, and to them.
"""

from typing import TYPE_CHECKING

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from chat.models.refusals import NotAllowed, NotAMember
from chatpoc import live
from chatpoc.database import again_after_conflict

if TYPE_CHECKING:
    from chat.models.message import Message
    from chat.models.report import Complaint, Report

TRIES = 5  # of who finds that somebody else made the report, and then that it is resolved


class ReportQuerySet(models.QuerySet["Report"]):
    def looked_at_by(self, viewer: User) -> "ReportQuerySet":
        """Those that this moderator may know of. What is about themselves is for the others, or for who can do everything."""
        return self if viewer.is_superuser else self.exclude(person=viewer)

    def waiting(self) -> "ReportQuerySet":
        return self.filter(state__in=[self.model.State.OPEN, self.model.State.TAKEN])


class ReportManager(models.Manager["Report"].from_queryset(ReportQuerySet)):  # type: ignore[misc]
    def of_message(self, message: "Message", *, by: User, reason: str, details: str = "") -> "tuple[Complaint, bool]":
        """The complaint, and whether it is a new one. Raises NotAMember, NotAllowed."""
        return complain(by, reason, details, message=message)

    def of_person(self, person: User, *, by: User, reason: str, details: str = "") -> "tuple[Complaint, bool]":
        """The same. Raises NotAllowed."""
        return complain(by, reason, details, person=person)


@again_after_conflict
def complain(
    by: User, reason: str, details: str, *, message: "Message | None" = None, person: User | None = None
) -> "tuple[Complaint, bool]":
    """Of the message, or else of the person."""
    from chat.models.report import Complaint  # which needs this one

    with transaction.atomic(), live.exactly("reports", f"complaints:{by.pk}"):
        if message:
            message = _held_in_transaction(message)
            require_reportable_message(message, by)
            report = _joined_in_transaction(message.author, message)
        else:
            assert person is not None  # noqa: S101  (for the types)
            require_reportable_person(person, by)
            report = _joined_in_transaction(person, None)
        said = {"reason": reason, "details": details}
        complaint, new = Complaint.objects.update_or_create(report=report, by=by, defaults=said)
        if new:
            report.complained, report.last_at = report.complaints.count(), timezone.now()
            report.save(update_fields=["complained", "last_at"])
    return complaint, new


def require_reportable_message(message: "Message", by: User) -> None:
    """Raises NotAMember, and NotAllowed with the reason."""
    if not message.room.memberships.filter(user=by).exists():
        raise NotAMember
    if message.event:
        raise NotAllowed(_("This line says what a moderator did. You can report the person instead."))
    if message.author_id == by.pk:
        raise NotAllowed(_("You said this yourself. You can edit or delete it."))
    if message.deleted_at:
        raise NotAllowed(_("This message is deleted, so nobody sees it any more. You can report the person instead."))


def require_reportable_person(person: User, by: User) -> None:
    """Raises NotAllowed."""
    if person == by:
        raise NotAllowed(_("You cannot report yourself."))
    if not person.is_active:
        raise NotAllowed(_("This account is no longer in use. You can report what they said, where it stands."))


def _held_in_transaction(message: "Message") -> "Message":
    """As it is now, and nobody takes it away meanwhile."""
    stored = type(message).objects.select_for_update(no_key=True).filter(pk=message.pk).first()
    if stored is None:
        raise NotAllowed(_("This message is no longer there."))
    return stored


def _joined_in_transaction(person: User, message: "Message | None") -> "Report":
    """The report of it that is not resolved, its row locked; a new one, with the message as it is now, where there is none."""
    from chat.models.report import Report

    # A report whose message was purged has its text, and so is none of the person alone.
    thing = {"message": message} if message else {"message": None, "person": person, "body": ""}
    for tried in range(1, TRIES + 1):
        waiting = Report.objects.filter(**thing).waiting()
        if found := waiting.select_for_update(no_key=True).first():
            return found  # type: ignore[no-any-return]
        try:
            with transaction.atomic():
                return Report.objects.create(person=person, message=message, body=message.body if message else "")  # type: ignore[no-any-return]
        except IntegrityError:  # somebody else made it in this moment: a constraint lets there be one
            if tried == TRIES:
                raise
    raise AssertionError("unreachable")
