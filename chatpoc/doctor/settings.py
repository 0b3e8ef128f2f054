"""How the chat is set up."""

import stat
from collections.abc import Iterator

from django.conf import settings
from django.core.checks import WARNING, run_checks

from chatpoc.doctor import Finding, check, doubtful, well, wrong
from chatpoc.env import PRODUCTION, VAR


@check("settings")
def all_settings() -> Iterator[Finding]:
    yield from secrets_of_its_own()
    if not PRODUCTION:
        yield doubtful(
            "MODE is development: no TLS is demanded, emails are not confirmed, and demo people have a known password. "
            "Good for one machine, not for the Internet.",
            "MODE=production, and what .env.sample says of it",
        )
    yield well(f"It answers to {', '.join(settings.ALLOWED_HOSTS)}.")
    yield from what_django_finds()


def secrets_of_its_own() -> Iterator[Finding]:
    """Production refuses to start with a weak key; elsewhere one may be given."""
    if len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 5:
        yield (wrong if PRODUCTION else doubtful)(
            "SECRET_KEY can be guessed, and with it every signed link.",
            'python -c "import secrets; print(secrets.token_urlsafe(50))" makes one.',
        )
    kept = VAR / "secret_key"
    if not PRODUCTION and kept.exists() and kept.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield doubtful(f"{kept} can be read by others.", f"chmod 600 {kept}")
    if settings.DEBUG:
        yield (wrong if PRODUCTION else doubtful)("DEBUG is on: errors show code and settings.", "DEBUG=off")


def what_django_finds() -> Iterator[Finding]:
    """`manage.py check --deploy`; what it says of security is about production."""
    messages = [message for message in run_checks(include_deployment_checks=PRODUCTION) if not message.is_silenced()]
    for message in messages:
        text, hint = f"{message.id}: {' '.join(str(message.msg).split())}", str(message.hint or "")
        yield wrong(text, hint) if message.level > WARNING else doubtful(text, hint)
    if not messages:
        yield well("Django finds nothing wrong" + (", for production." if PRODUCTION else "."))
