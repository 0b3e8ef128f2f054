"""What staff do to people: each on a page that says what it does and asks why, for one or for those selected in the list."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.entrance import viewer_of
from accounts.admin.ways_in import tell_of_lost_factors
from accounts.models import User
from accounts.models.keeping_out import ENDING_SESSIONS, REASON_LIMIT, RESETTING_TWO_FACTOR, SHUTTING_OUT, SUSPENDING

LONGEST = timedelta(days=3660)
LENGTHS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


class ReasonForm(forms.Form):
    """Why: for the audit log."""

    because = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the audit log."),
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer


class SuspensionForm(ReasonForm):
    length = forms.ChoiceField(
        label=_("For how long"),
        choices=[
            ("hour", _("1 hour")),
            ("day", _("1 day")),
            ("week", _("1 week")),
            ("month", _("30 days")),
            ("date", _("Until")),
        ],
        initial="day",
        widget=forms.RadioSelect,
    )
    until = forms.DateTimeField(
        label=_("Until"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    field_order = ["length", "until", "because"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        why = self.fields["because"]
        why.required, why.help_text = True, _("They read it. It is kept in the audit log, too.")
        zone = _("In the server's time zone, %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
        self.fields["until"].help_text = zone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        length, now = cleaned.get("length"), timezone.now()
        if length != "date":
            cleaned["until"] = now + LENGTHS[length] if length else None
        elif "until" in cleaned and not cleaned["until"]:
            self.add_error("until", _("Say until when."))
        elif (until := cleaned.get("until")) and not now < until < now + LONGEST:
            self.add_error("until", _("This is over already, or too far away."))
        return cleaned


Do = Callable[[HttpRequest, User, dict[str, Any]], object]


@dataclass(frozen=True)
class Act:
    """`name`: in the list of actions; `path`: in addresses. `fits`: whether there is something to do."""

    name: str
    path: str
    label: "str | Promise"
    explanation: "str | Promise"
    permissions: Collection[str]
    do: Do
    fits: Callable[[User], bool] = lambda _person: True
    form: type[ReasonForm] = ReasonForm
    danger: bool = False

    @property
    def title(self) -> str:
        """Without the dots, which say that one is asked first."""
        return str(self.label).removesuffix(" …")

    def allows(self, viewer: User) -> bool:
        return any(map(viewer.has_perm, self.permissions))

    def offers(self, viewer: User, person: User) -> bool:
        return viewer.may_moderate(person, *self.permissions)


def _suspend(request: HttpRequest, person: User, told: dict[str, Any]) -> None:
    person.suspend(by=viewer_of(request), until=told["until"], because=told["because"])


def _reset(request: HttpRequest, person: User, told: dict[str, Any]) -> None:
    tell_of_lost_factors(request, person, person.reset_two_factor(by=viewer_of(request), because=told["because"]))


def _by_verb(verb: str) -> Do:
    return lambda request, person, told: getattr(person, verb)(by=viewer_of(request), because=told["because"])


def _is_there(person: User) -> bool:
    return person.deleted_at is None


ACTS = [
    Act(
        "suspend",
        "suspension",
        _("Suspend …"),
        _(
            "Until then they see nothing but until when and why, and nobody sees them online."
            " Who is suspended already is for longer, or shorter."
        ),
        [SUSPENDING],
        _suspend,
        _is_there,
        SuspensionForm,
        danger=True,
    ),
    Act(
        "unsuspend",
        "suspension/end",
        _("End the suspension"),
        _("They may come in again at once."),
        [SUSPENDING],
        _by_verb("unsuspend"),
        lambda person: person.is_suspended,
    ),
    Act(
        "shut_out",
        "exclusion",
        _("Shut out …"),
        _("They are signed out everywhere, and may not sign in, nor come back by themselves if they had left."),
        SHUTTING_OUT,
        _by_verb("shut_out"),
        lambda person: _is_there(person) and not person.is_shut_out,
        danger=True,
    ),
    Act(
        "let_in",
        "readmission",
        _("Let in again"),
        _("They may sign in again."),
        SHUTTING_OUT,
        _by_verb("let_in"),
        lambda person: _is_there(person) and not person.is_active,
    ),
    Act(
        "sign_out",
        "sign-out",
        _("End sessions"),
        _("They are signed out everywhere, and may sign in again."),
        [ENDING_SESSIONS],
        _by_verb("sign_out"),
        _is_there,
    ),
    Act(
        "reset_two_factor",
        "two-factor",
        _("Reset two-factor …"),
        _(
            "Their authenticator app, passkeys and recovery codes are taken away, and they are told so by mail."
            " Do it only if you are sure who asks for it."
        ),
        [RESETTING_TWO_FACTOR],
        _reset,
        _is_there,
        danger=True,
    ),
]


def done_for(done: int, people: Iterable[User]) -> str:
    count = len(list(people))
    text = ngettext("Done for %(done)d of %(all)d person.", "Done for %(done)d of %(all)d people.", count)
    return text % {"done": done, "all": count}
