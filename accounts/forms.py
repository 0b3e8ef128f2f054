"""The fields that allauth's own forms lack."""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.http import HttpRequest

from accounts.models import User


class SignupForm(AllauthSignupForm):
    """Sign-up asks for a name too: it is what others will read."""

    name = forms.CharField(
        label="Your name",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name", "placeholder": "Ada Lovelace"}),
    )
    field_order = ("name", "username", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Handle"
        self.fields["username"].help_text = "Small letters, digits and underscores. Others find you by it."
        self.fields["username"].widget.attrs.update(placeholder="ada", autocapitalize="none", spellcheck="false")

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name:
            raise forms.ValidationError("Please tell us a name.")
        return name

    def clean_username(self) -> str:
        return str(super().clean_username()).lower()

    def save(self, request: HttpRequest) -> User | None:
        user: User | None = super().save(request)
        return user
