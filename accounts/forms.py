"""The fields that allauth's own forms lack, and what its forms do not know of our User."""

from typing import Any
from zoneinfo import available_timezones

from allauth.account import app_settings
from allauth.account.forms import AddEmailForm
from allauth.account.forms import ChangePasswordForm as AllauthNewPasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthProofForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.internal.flows.login import derive_login_method
from allauth.account.internal.templatekit import get_entrance_context_data
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from cryptography.fernet import InvalidToken
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from accounts.passwords import Bounded
from accounts.pictures import BadPicture, make_pictures
from accounts.pictures.making import PATIENCE, TIME, UPLOAD_LIMIT
from accounts.text import BodyField, can_be_read, readable_name

bounded = Bounded().validate  # what is hashed to compare it has the limit of what is hashed to keep it


class SignupForm(AllauthSignupForm):
    """Sign-up asks for a name too: it is what others will read."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name", "placeholder": "Ada Lovelace"}),
    )
    field_order = ("name", "username", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Handle")
        self.fields["username"].help_text = _("Small letters, digits and underscores. Others find you by it.")
        self.fields["username"].widget.attrs.update(placeholder="ada", autocapitalize="none", spellcheck="false")

    def clean_name(self) -> str:
        return readable_name(self.cleaned_data["name"])

    def clean_username(self) -> str:
        self.cleaned_data["username"] = self.cleaned_data["username"].lower()
        return str(super().clean_username())

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Allauth's, but a handle or email that went to another sign-up since it was checked is explained as well."""
        if self.account_already_exists and "password1" in self.cleaned_data:
            make_password(self.cleaned_data["password1"])  # else the answer comes sooner, and so tells
        try:
            with transaction.atomic():
                user, response = super().try_save(request)
        except IntegrityError:
            self.full_clean()
            if self.is_valid():  # the email is taken, and only its owner is told, by mail
                return self.try_save(request)
            template = "account/signup_by_passkey.html" if self.by_passkey else "account/signup.html"
            return None, render(request, template, {"form": self} | get_entrance_context_data(request))
        return user, response


class LoginForm(AllauthLoginForm):
    """By email or handle."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Email or handle")
        self.fields["login"].widget.attrs.update(
            placeholder="", autocomplete="username", autocapitalize="none", spellcheck="false"
        )
        self.fields["password"].widget.attrs.update(placeholder="")
        self.fields["password"].help_text = ""
        self.fields["password"].validators.append(bounded)

    def clean_login(self) -> str:
        return str(self.cleaned_data["login"]).removeprefix("@")

    def user_credentials(self) -> dict[str, str]:
        """One way only: allauth would try an email as a handle too, and so check a wrong password of a known one twice."""
        login = self.cleaned_data["login"]
        return {derive_login_method(login): login, "password": self.cleaned_data["password"]}


class ProofForm(AllauthProofForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].validators.append(bounded)


class NewPasswordForm(AllauthNewPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].validators.append(bounded)


class ReadableCode:
    """No code is right for a factor that was locked with a SECRET_KEY which is gone."""

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())  # type: ignore[misc]
        except InvalidToken:
            raise get_mfa_adapter().validation_error("incorrect_code") from None


class AuthenticateForm(ReadableCode, AllauthAuthenticateForm):
    def clean_code(self) -> str:
        """A code is good for three steps, since clocks differ; allauth would take it again after one."""
        code = super().clean_code()
        if not cache.add(f"used-code:{self.user.pk}:{code}", 1, 3 * 30):
            raise get_mfa_adapter().validation_error("incorrect_code")
        return code


class ReauthenticateForm(ReadableCode, AllauthReauthenticateForm):
    pass


class ChangeEmailForm(AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New email")
        self.fields["email"].widget.attrs.update(placeholder="")

    def clean_email(self) -> str:
        """Where an email is used before it is confirmed, a taken one is refused at once, as at sign-up."""
        email = str(super().clean_email())
        hidden = app_settings.EMAIL_VERIFICATION == app_settings.EmailVerificationMethod.MANDATORY
        if not hidden and User.objects.filter(email=email).exists():
            raise forms.ValidationError(_("This email has an account already."))
        return email

    def save(self, request: HttpRequest) -> EmailAddress:
        """The old email signs in until the new one is confirmed, even if it was never confirmed itself."""
        if app_settings.EMAIL_VERIFICATION_BY_CODE_ENABLED:
            return super().save(request)
        EmailAddress.objects.filter(user=self.user, verified=False).exclude(email=self.user.email).delete()
        return EmailAddress.objects.add_email(request, self.user, self.cleaned_data["email"], confirm=True)


class PersonForm(forms.ModelForm):
    """What staff may change of somebody. It writes just what they changed: another may be changing the rest."""

    class Meta:
        model = User
        fields = ["name", "handle", "is_active"]
        labels = {"name": _("Name"), "handle": _("Handle"), "is_active": _("May sign in")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.deactivated_at:  # off shuts them out: it takes their way back from them
            self.initial["is_active"], self.fields["is_active"].label = True, _("Left, and may come back")
        for field in self.fields.values():
            field.show_hidden_initial = True  # what they saw, to tell what they changed
        for name, field in self.fields.items():
            if self.is_bound and (complaints := self.errors.get(name)):
                field.widget.attrs.update({"aria-invalid": "true", "title": " ".join(map(str, complaints))})

    def clean_name(self) -> str:
        return readable_name(self.cleaned_data["name"])

    def clean_handle(self) -> str:
        return str(self.cleaned_data["handle"]).lower()

    def clean_is_active(self) -> bool:
        """Who left stays away until they come back, unless it was changed here."""
        if "is_active" not in self.changed_data:
            return bool(self.instance.is_active)
        self.instance.deactivated_at = None
        return bool(self.cleaned_data["is_active"])

    def save_by(self, staff: User) -> None:
        """Raises PermissionDenied, as the verbs do."""
        person: User = self.instance
        called = [name for name in self.changed_data if name != "is_active"]
        with transaction.atomic():
            if called:
                person.save(update_fields=called)
                record("changed the person", by=staff, person=person, details=", ".join(called))
            if "is_active" in self.changed_data:
                (person.let_in if self.cleaned_data["is_active"] else person.shut_out)(by=staff)


class ProfileForm(forms.ModelForm):
    """What one tells the others of oneself. It writes just what was changed: another tab may have changed the rest."""

    time_zone = forms.TypedChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [
            ("", _("Not told")),
            *((name, name.replace("_", " ")) for name in sorted(available_timezones())),
        ],
        help_text=_("Others see what time it is for you."),
    )

    class Meta:
        model = User
        fields = ["name", "handle", "bio", "time_zone"]
        field_classes = {"bio": BodyField}
        widgets = {"bio": forms.Textarea(attrs={"rows": 3})}
        labels = {"name": _("Name"), "handle": _("Handle"), "bio": _("About you")}
        help_texts = {
            "handle": _("Small letters, digits and underscores. Others find you by it."),
            "bio": _("A line or two on your card."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def clean_name(self) -> str:
        return readable_name(self.cleaned_data["name"])

    def clean_handle(self) -> str:
        return str(self.cleaned_data["handle"]).lower()

    def clean_bio(self) -> str:
        bio = str(self.cleaned_data["bio"])
        if bio and not can_be_read(bio.replace("\n", " ")):
            raise forms.ValidationError(_("This has characters that would change the text around it."))
        return bio

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002  (Django's signature)
        person: User = self.instance
        if commit and self.changed_data:
            person.save(update_fields=self.changed_data)
        return person


class PictureForm(forms.Form):
    picture = forms.FileField(
        label=_("Picture"),
        error_messages={"required": _("Choose a picture first."), "empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.busy = f"picture:{person.pk}"

    def clean_picture(self) -> dict[int, bytes]:
        """The squares that the file was made into. A person's pictures are read one after the other."""
        file = self.cleaned_data["picture"]
        if file.size > UPLOAD_LIMIT:
            raise forms.ValidationError(_("The file is too large: %(most)d MB fit.") % {"most": UPLOAD_LIMIT // 2**20})
        if not cache.add(self.busy, 1, TIME + PATIENCE):
            raise forms.ValidationError(_("Your last picture is still being read. Please wait a moment."))
        if not connection.in_atomic_block:
            connection.close()  # back to the pool: reading may take seconds
        try:
            return make_pictures(file.read())
        except BadPicture as bad:
            raise forms.ValidationError(str(bad)) from None
        finally:
            cache.delete(self.busy)
