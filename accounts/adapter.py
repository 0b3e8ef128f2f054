"""Where allauth meets our User."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.comeback import mail_way_back
from accounts.devices import in_words
from accounts.mailing import NO_MAIL, sent
from accounts.models import EMAIL_LIMIT, User


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {"username_taken": _("This handle is taken.")}

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        user.name = form.cleaned_data["name"]
        user.email = form.cleaned_data["email"].lower()
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def clean_email(self, email: str) -> str:
        """Refuses what the column cannot hold; allauth would cut it off and so sign up another address."""
        if len(email) > EMAIL_LIMIT:
            raise ValidationError(
                ngettext(
                    "This email is too long: %(limit)d character fits.",
                    "This email is too long: %(limit)d characters fit.",
                    EMAIL_LIMIT,
                )
                % {"limit": EMAIL_LIMIT}
            )
        return str(super().clean_email(email))

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """False if another account has the address: it may, while neither of the two has confirmed it."""
        try:
            with transaction.atomic():
                return bool(super().confirm_email(request, email_address))
        except IntegrityError:
            template = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, template, {"email": email_address.email})
            return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Who could not be looked up has not failed: a database that is away shall lock nobody out."""
        try:
            user: User | None = super().authenticate(request, **credentials)
        except DatabaseError:
            self._rollback_login_failed_rl_usage()
            raise
        return user

    def set_password(self, user: User, password: str) -> None:
        """Only that: whoever was suspended or shut out since this row was read stays so."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """To a page that says how it went; the chat itself shows no messages."""
        if self.request.user.is_authenticated:
            return reverse("account_email")
        return str(super().get_email_verification_redirect_url(email_address))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Who left by themselves, and knows the password, gets the link to come back once more; at most one a minute."""
        lately = f"come-back:{user.pk}"
        if user.deactivated_at and cache.add(lately, 1, 60) and not mail_way_back(user):
            cache.delete(lately)
            messages.error(request, NO_MAIL)
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """What allauth has to say. A mail server that does not answer is said on the page."""
        if template_prefix == "account/email/unknown_account" and (away := User.objects.away(email)):
            mail_way_back(away)  # who forgot their password as well is not told that there is no account
            return
        if not sent(template_prefix, email, context):
            messages.error(self.request, NO_MAIL)

    def deliver(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Raises OSError, as smtplib does, when the mail server does not take it."""
        if agent := context.get("user_agent"):
            context = context | {"device": in_words(agent)}
        super().send_mail(template_prefix, email, context)

    def is_safe_url(self, url: str) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # http://[
            return False
