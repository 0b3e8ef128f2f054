"""What every benchmark begins and ends with: settings for private servers, words on the way, and a report."""

import os
import secrets
import sys

from tests.servers import ROOT

FOLDER = ROOT / "docs" / "benchmarks"


def configure(*, redis: str, database: str) -> None:
    """The chat's settings, for this process and all that it starts. Django is set up after this."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="chatpoc.settings", MODE="development", DEBUG="", ALLOWED_HOSTS="127.0.0.1",
        SECRET_KEY=secrets.token_urlsafe(50), REDIS_URL=redis, DATABASE_URL=database,
        LIMITS="off",  # all of them come from one address
    )  # fmt: skip


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def publish(name: str, *, markdown: str, json: str, quick: bool) -> None:
    """Print the report; a smoke test writes nothing."""
    print(markdown)
    if not quick:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.md").write_text(markdown)
        (FOLDER / f"{name}.json").write_text(json)
