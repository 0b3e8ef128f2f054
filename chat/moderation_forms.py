"""What moderators say about what they do."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.message import REASON_LIMIT

MINUTES = [
    (10, _("10 minutes")),
    (60, _("1 hour")),
    (24 * 60, _("1 day")),
    (7 * 24 * 60, _("1 week")),
]


class ReasonForm(forms.Form):
    because = forms.CharField(
        label=_("Reason (optional)"),
        max_length=REASON_LIMIT,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )

    def clean_because(self) -> str:
        return " ".join(self.cleaned_data["because"].split())


class SilenceForm(ReasonForm):
    field_order = ["minutes", "because"]

    minutes = forms.TypedChoiceField(
        label=_("For how long"),
        choices=MINUTES,
        coerce=int,
        initial=60,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose for how long."), "invalid_choice": _("Choose one of these.")},
    )
    use_required_attribute = False

    @property
    def until(self) -> datetime:
        return timezone.now() + timedelta(minutes=self.cleaned_data["minutes"])
