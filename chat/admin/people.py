"""What staff do to people and what those said; the rest is in accounts.admin."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.acts import ACTS, Act, ReasonForm, SuspensionForm
from accounts.admin.entrance import viewer_of
from accounts.admin.people import UserAdmin
from accounts.models import User
from chat.models.sweeping import DELETING, take_down_of

SPANS = {"day": timedelta(days=1), "week": timedelta(days=7), "all": None}
WHICH = [("day", _("Those of the last day")), ("week", _("Those of the last week")), ("all", _("All of them"))]


class MessagesForm(ReasonForm):
    which = forms.ChoiceField(label=_("Which messages"), choices=WHICH, initial="day", widget=forms.RadioSelect)

    field_order = ["which", "because"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        why = self.fields["because"]
        why.required, why.help_text = True, _("Everybody who sees that a message is gone reads it.")


class WithMessagesForm(SuspensionForm):
    which = forms.ChoiceField(
        label=_("Their messages"),
        choices=[("", _("Keep them")), *WHICH],
        initial="",
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Those that are deleted here can be restored by staff, one by one."),
    )

    field_order = ["length", "until", "because", "which"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.viewer.has_perm(DELETING):
            del self.fields["which"]


def _since(which: str) -> datetime | None:
    span = SPANS[which]
    return timezone.now() - span if span else None


def _take_down(request: HttpRequest, person: User, told: dict[str, Any]) -> None:
    count = take_down_of(person, since=_since(told["which"]), by=viewer_of(request), because=told["because"])
    text = ngettext("%(count)d message is deleted.", "%(count)d messages are deleted.", count) % {"count": count}
    messages.info(request, f"{person.name}: {text}")


def _suspend(request: HttpRequest, person: User, told: dict[str, Any]) -> None:
    """First they are silent, so that nothing is said after the last look at what they said."""
    person.suspend(by=viewer_of(request), until=told["until"], because=told["because"])
    if told.get("which"):
        _take_down(request, person, told)


MESSAGES = Act(
    "take_down",
    "messages",
    _("Delete messages …"),
    _("What they said is taken out of every conversation, direct ones too. Its place stays."),
    [DELETING],
    _take_down,
    form=MessagesForm,
    danger=True,
)
SUSPEND = next(act for act in ACTS if act.name == "suspend")
admin.site.unregister(User)


@admin.register(User)
class PeopleAdmin(UserAdmin):
    acts = [
        Act(**{**vars(SUSPEND), "do": _suspend, "form": WithMessagesForm}),
        *(act for act in ACTS if act is not SUSPEND),
        MESSAGES,
    ]
