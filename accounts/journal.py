"""What happens to accounts, as lines of the log: who came in or failed to, and what of an account changed.

Never a password, a code, a key of a session or what was typed as a name (it may be a password): that is a digest, which is
the same for the same name, so that tries at one account can be told from tries at many.
"""

import logging
from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

logger = logging.getLogger("chatpoc.security")


@receiver(account.user_logged_in)
def came_in(request: HttpRequest, user: Any, **_: Any) -> None:
    ways = "+".join(record.get("type") or record["method"] for record in get_authentication_records(request, user))
    note("signed in", request, user, by=ways or "sign-up")


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    name = str(credentials.get("email") or credentials.get("username") or "").lower()
    digest = salted_hmac("accounts.journal", name).hexdigest()[:12]
    note("failed to sign in", request, None, logging.WARNING, name=digest)


@receiver(user_logged_out)
def left(request: HttpRequest, user: Any, **_: Any) -> None:
    if user:
        note("signed out", request, user)


def note(what: str, request: HttpRequest | None, user: Any, level: int = logging.INFO, **more: str) -> None:
    told = {"person": user.pk if user else "-", "address": address(request)} | more
    text = " ".join(f"{name}={value}" for name, value in told.items())
    logger.log(level, "%s %s", what, text, extra={"told": {"event": what} | told})


def address(request: HttpRequest | None) -> str:
    if request is None:
        return "-"
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # the proxy does not say
        return "-"


CHANGES = {
    account.password_changed: "changed the password",
    account.password_reset: "reset the password",
    account.password_set: "set a password",
    account.email_changed: "changed the email",
    account.email_confirmed: "confirmed an email",
    mfa.authenticator_added: "added a second factor",
    mfa.authenticator_removed: "removed a second factor",
    mfa.authenticator_reset: "made new recovery codes",
}


def listen(signal: Any, what: str, level: int = logging.INFO) -> None:
    def hear(request: HttpRequest | None = None, user: Any = None, email_address: Any = None, **_: Any) -> None:
        note(what, request, user or (email_address and email_address.user), level)

    signal.connect(hear, weak=False)


listen(mfa.authentication_failed, "failed the second step", logging.WARNING)
for _signal, _what in CHANGES.items():
    listen(_signal, _what)
