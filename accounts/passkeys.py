"""Allauth's forms for passkeys, where what a browser claims is looked at before it is taken apart."""

from typing import Any

from allauth.mfa.webauthn import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CredentialField(forms.JSONField):
    """What a browser's passkey answered. Anybody may post here: what has not the shape of one would be an error of ours."""

    def to_python(self, value: Any) -> Any:
        try:
            credential = super().to_python(value)
        except RecursionError:
            credential = {}
        match credential:
            case None | {"id": str(), "rawId": str(), "type": str(), "response": dict()}:
                return credential
        raise forms.ValidationError(_("This is no answer of a passkey."))


class WithCredential(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField(widget=forms.HiddenInput)


class SignUpForm(WithCredential, allauth_forms.SignupWebAuthnForm):
    pass


class LoginForm(WithCredential, allauth_forms.LoginWebAuthnForm):
    pass


class SecondStepForm(WithCredential, allauth_forms.AuthenticateWebAuthnForm):
    pass


class ProofForm(WithCredential, allauth_forms.ReauthenticateWebAuthnForm):
    pass


class AddForm(WithCredential, allauth_forms.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = pgettext_lazy("of a passkey", "Name")
        self.fields["passwordless"].label = _("Sign in with it alone, without a password")
        self.fields["passwordless"].help_text = _("It then asks for your finger, face or PIN.")
        self.fields["passwordless"].initial = True
