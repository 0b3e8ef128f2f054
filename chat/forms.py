"""What people may send, and how they are told when they may not."""

from django import forms

from accounts.text import BodyField, shows_something
from chat.models.message import BODY_LIMIT


class TextForm(forms.Form):
    body = BodyField(
        max_length=BODY_LIMIT,
        strip=False,
        error_messages={
            "required": "Write something first.",
            "max_length": "This message has %(show_value)d characters; %(limit_value)d fit. Shorten it, or send it in parts.",
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
            "required": "The message came without its client id. Reload the page and send it again.",
            "invalid": "The message came with a malformed client id. Reload the page and send it again.",
        }
    )
