"""What people may send, and how they are told when they may not."""

import unicodedata
from typing import Any

from django import forms

from chat.models.message import BODY_LIMIT

BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols that look like nothing


class BodyField(forms.CharField):
    def to_python(self, value: Any) -> str:
        """Line ends count once, as in the browser's own counting."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class MessageForm(forms.Form):
    body = BodyField(
        max_length=BODY_LIMIT,
        strip=False,
        error_messages={
            "required": "Write something first.",
            "max_length": "This message has %(show_value)d characters; %(limit_value)d fit. Shorten it, or send it in parts.",
        },
    )
    client_id = forms.UUIDField(
        error_messages={
            "required": "The message came without its client id. Reload the page and send it again.",
            "invalid": "The message came with a malformed client id. Reload the page and send it again.",
        }
    )

    def clean_body(self) -> str:
        """Refuses what shows nothing. NUL, which PostgreSQL refuses, is refused by CharField."""
        body: str = self.cleaned_data["body"].strip("\n").rstrip()
        if not any(unicodedata.category(character)[0] in "LNPS" and character not in BLANK for character in body):
            raise forms.ValidationError(self.fields["body"].error_messages["required"], code="required")
        return body
