"""What is asked before something is done."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.addresses import is_id
from accounts.models import User
from chat.models.message import REASON_LIMIT
from chat.room_forms import AT_ONCE


class WhyForm(forms.Form):
    """May be left empty."""

    because = forms.CharField(
        label=_("Because"),
        max_length=REASON_LIMIT,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    use_required_attribute = False  # the answer says it where it is missing


class ReasonForm(WhyForm):
    """Who is told of it is told why."""

    because = forms.CharField(
        label=_("Because"),
        max_length=REASON_LIMIT,
        error_messages={"required": _("Say why: the author is told.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )


class SilenceForm(WhyForm):
    hours = forms.TypedChoiceField(
        label=_("For"),
        coerce=int,
        choices=[
            (1, _("an hour")),
            (8, _("8 hours")),
            (24, _("a day")),
            (24 * 7, _("a week")),
            (24 * 30, _("a month")),
        ],
    )
    field_order = ["hours", "because"]

    @staticmethod
    def until(answers: dict[str, Any]) -> datetime:
        return timezone.now() + timedelta(hours=answers["hours"])


class InvitationForm(forms.Form):
    """There are too many people for a list: they are named, as in the filters."""

    people = forms.CharField(
        label=_("People"),
        help_text=_("Numbers or @handles, with spaces or commas between them."),
        max_length=2_000,
        error_messages={"required": _("Name somebody first.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    use_required_attribute = False

    def clean_people(self) -> list[User]:
        names = self.cleaned_data["people"].replace(",", " ").split()
        if len(names) > AT_ONCE:
            raise forms.ValidationError(_("Please invite at most %(count)s people at once."), params={"count": AT_ONCE})
        found = {name: _named(name) for name in names}
        if unknown := [name for name, person in found.items() if not person]:
            raise forms.ValidationError(_("Nobody here is %(names)s."), params={"names": ", ".join(unknown)})
        return [person for person in found.values() if person]


def _named(name: str) -> User | None:
    wanted = {"pk": int(name)} if is_id(name) else {"handle": name.removeprefix("@").lower()}
    found: User | None = User.objects.filter(is_active=True, **wanted).first()
    return found
