"""What people may send, and how they are told when they may not."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text import BodyField, shows_something
from chat.models.message import BODY_LIMIT


class TextForm(forms.Form):
    body = BodyField(
        max_length=BODY_LIMIT,
        strip=False,
        error_messages={
            "required": _("Write something first."),
            "max_length": _(
                "This message has %(show_value)d characters; %(limit_value)d fit. Shorten it, or send it in parts."
            ),
        },
    )

    def clean_body(self) -> str:
        """Refuses what shows nothing. NUL, which PostgreSQL refuses, is refused by CharField."""
        body: str = self.cleaned_data["body"].strip("\n").rstrip()
        if not shows_something(body):
            raise forms.ValidationError(self.fields["body"].error_messages["required"], code="required")
        return body


class MessageForm(TextForm):
    client_id = forms.UUIDField(
        error_messages={
            "required": _("The message came without its client id. Reload the page and send it again."),
            "invalid": _("The message came with a malformed client id. Reload the page and send it again."),
        }
    )


LARGEST = 2**63 - 1  # that a database takes


class ReadForm(forms.Form):
    room = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)


class UnreadForm(forms.Form):
    seq = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
