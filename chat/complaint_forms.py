"""What people say when they report something."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text import BodyField, shows_something
from chat.models import Complaint
from chat.models.report import DETAILS_LIMIT


class ComplaintForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Complaint.Reason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with it."), "invalid_choice": _("Choose one of these.")},
    )
    details = BodyField(
        label=_("What should moderators know?"),
        required=False,
        max_length=DETAILS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto", "autocomplete": "off"}),
        error_messages={
            "max_length": _("This has %(show_value)d characters; %(limit_value)d fit. Please shorten it."),
        },
    )
    use_required_attribute = False  # the answer says it where it is missing, in our words

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="report-%s")
        del self.fields["details"].widget.attrs["maxlength"]  # a browser would cut what is pasted, and say nothing

    def clean_details(self) -> str:
        """What shows nothing says nothing."""
        details: str = self.cleaned_data["details"]
        return details if shows_something(details) else ""

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("reason") == Complaint.Reason.OTHER and cleaned.get("details") == "":
            self.add_error("details", _("Say in a few words what is wrong."))
        return cleaned
