"""A report's own page: what a moderator reads there, and what they can do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.complaints import MANY, around
from chat.models import Message, Report
from chat.models.message import REASON_LIMIT
from chat.models.refusals import NotAllowed
from chat.models.resolving import NOTE_LIMIT

SHOWN = 100  # complaints
EARLIER = 5  # reports about the same person


class Resolution(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What came of it"),
        choices=Report.Outcome,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what came of it.")},
    )
    note = forms.CharField(
        label=_("Note for other moderators"),
        required=False,
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    use_required_attribute = False


class Deletion(forms.Form):
    because = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        help_text=_("Its author reads it."),
        error_messages={"required": _("Say why: its author reads it.")},
    )
    use_required_attribute = False


@dataclass
class Forms:
    resolution: Resolution
    deletion: Deletion
    over: int | None = None  # who has the report, as far as the moderator knows, who takes it over

    @property
    def were_sent(self) -> bool:
        return self.resolution.is_bound or self.deletion.is_bound

    @classmethod
    def empty(cls, report: Report) -> "Forms":
        acted = report.message is not None and report.message.deleted_by_id is not None
        done = {"outcome": Report.Outcome.ACTED} if acted else {}
        return cls(Resolution(initial=done, auto_id="resolve-%s"), Deletion(auto_id="delete-%s"))

    @classmethod
    def of(cls, request: HttpRequest, report: Report) -> "Forms":
        """What was typed into the one that was sent; the others as they were."""
        found, sent = cls.empty(report), request.POST
        if sent.get("do") == "resolve":
            found.resolution = Resolution(sent, auto_id="resolve-%s")
        elif sent.get("do") == "delete":
            found.deletion = Deletion(sent, auto_id="delete-%s")
        over = sent.get("over", "")
        found.over = int(over) if over.isascii() and over.isdecimal() and len(over) < 19 else None
        return found


@dataclass(frozen=True)
class Act:
    """`do` returns what to say then; it raises Refused."""

    do: Callable[[Report, User, Forms], Any]
    is_valid: Callable[[Forms], bool] = lambda _forms: True
    permission: str = ""  # beside that to change reports


def take(report: Report, by: User, given: Forms) -> Any:
    report.take(by=by, over=given.over)
    return _("The report is yours now.")


def give_back(report: Report, by: User, _given: Forms) -> Any:
    report.give_back(by=by)
    return _("The others can take the report now.")


def resolve(report: Report, by: User, given: Forms) -> Any:
    report.resolve(by=by, **given.resolution.cleaned_data)
    return _("Resolved. Those who complained are told so.")


def delete(report: Report, by: User, given: Forms) -> Any:
    if report.message is None:
        raise NotAllowed(_("This report is about a person."))
    if report.person_id == by.pk:
        raise NotAllowed(_("This report is about you. Somebody else decides about it."))
    if report.message.take_down(by=by, because=given.deletion.cleaned_data["because"]):
        return _("The message is deleted. Now say what came of the report.")
    return _("The message was deleted already.")


ACTS = {
    "take": Act(take),
    "give_back": Act(give_back),
    "resolve": Act(resolve, lambda given: given.resolution.is_valid()),
    "delete": Act(delete, lambda given: given.deletion.is_valid(), "chat.delete_message"),
}


def context_of(report: Report, viewer: User, given: Forms) -> dict[str, Any]:
    """Reading a report needs no permission for messages: it shows what was reported, and a little around it."""
    message = report.message
    complaints = list(report.complaints.select_related("by").order_by("-created_at", "-pk")[: SHOWN + 1])
    about_them = Report.objects.filter(person=report.person_id).exclude(pk=report.pk)
    return {
        "report": report,
        "message": message,
        **(of_message(message, report, viewer) if message else {}),
        "complaints": complaints[:SHOWN],
        "more_complaints": len(complaints) > SHOWN,
        "earlier": about_them.order_by("-last_at")[:EARLIER],
        "earlier_count": about_them.order_by()[:MANY].count(),
        "about_viewer": report.person_id == viewer.pk,
        "is_mine": report.taken_by_id == viewer.pk,
        "sees_people": viewer.has_perm("accounts.view_user") or viewer.has_perm("accounts.change_user"),
        "forms": given,
    }


def of_message(message: Message, report: Report, viewer: User) -> dict[str, Any]:
    return {
        "said": context_around(message),
        "is_direct": message.room.kind == message.room.Kind.DIRECT,
        "changed": message.body != report.body or is_taken_back(message),
        "may_delete": not message.deleted_at and viewer.has_perm("chat.delete_message"),
    }


def context_around(message: Message) -> list[Message]:
    """What was said before and after, and itself. What its author deleted is not for staff: `taken_back`."""
    far = around(message.room)
    first = max(message.seq - far, message.room.purged_seq + 1)  # one bound: SQLite seeks by one alone
    said: list[Message] = message.room.messages.between(first, message.seq + far)
    for one in said:
        one.taken_back = is_taken_back(one)  # type: ignore[attr-defined]
    return said


def is_taken_back(message: Message) -> bool:
    return message.deleted_at is not None and message.deleted_by_id is None
