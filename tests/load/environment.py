"""What every benchmark begins with: settings for private servers, and words on the way."""

import os
import resource
import secrets
import sys


def configure(*, redis: str, database: str) -> None:
    """The chat's settings, for this process and all that it starts. Django is set up after this."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="chatpoc.settings", MODE="development", DEBUG="", ALLOWED_HOSTS="127.0.0.1",
        SECRET_KEY=secrets.token_urlsafe(50), REDIS_URL=redis, DATABASE_URL=database,
        LIMITS="off",  # all of them come from one address
    )  # fmt: skip


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def allow_files() -> None:
    """Each socket is an open file; the limit is inherited by the servers and the browsers."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
