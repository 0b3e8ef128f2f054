"""What a driver or a URL says, without the secrets in it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

IN_URL = re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)")
IN_WORDS = re.compile(r"((?:password|passwd|secret|token)\s*[=:]\s*)[^\s,;)]+", re.IGNORECASE)
HIDDEN = "•••"
SHORTEST = 4  # letters of a secret that is looked for anywhere; a shorter one would be found in words


def masked(text: str) -> str:
    text = IN_WORDS.sub(rf"\1{HIDDEN}", IN_URL.sub(rf"\1{HIDDEN}", text))
    for secret in secrets():
        text = text.replace(secret, HIDDEN)
    return text


def secrets() -> set[str]:
    """Those of the settings, longest first."""
    return {secret for secret in _secrets() if len(secret) >= SHORTEST}


def _secrets() -> Iterator[str]:
    yield from (
        settings.SECRET_KEY,
        *settings.SECRET_KEY_FALLBACKS,
        settings.METRICS_TOKEN,
        settings.SENTRY_DSN,
        settings.EMAIL_HOST_PASSWORD,
    )
    for database in settings.DATABASES.values():
        yield str(database.get("PASSWORD") or "")
    for cache in settings.CACHES.values():
        yield from _of_url(cache.get("LOCATION", ""))
    for host in settings.CHANNEL_LAYERS["default"].get("CONFIG", {}).get("hosts", ()):
        yield from _of_url(host)


def _of_url(url: Any) -> Iterator[str]:
    if isinstance(url, str) and "@" in url and (password := urlsplit(url).password):
        yield from (password, unquote(password))
