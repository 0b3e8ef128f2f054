"""Who opens a socket, and from which page: what the middlewares are to a request, in one function and two queries."""

import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, parse_cookie
from django.utils.translation import get_language_from_request


def header(scope: dict[str, Any], name: bytes) -> str:
    """The value of a header of the handshake, or an empty text."""
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return next((value.decode("latin1") for key, value in headers if key == name), "")


def same_origin(scope: dict[str, Any]) -> bool:
    """Is the page that opens the socket one of ours? A socket carries cookies and no CSRF token: this is its defence.

    Compares scheme-less host and port with the Host header; CSRF_TRUSTED_ORIGINS are allowed too, `null` and none are not.
    """
    origin = header(scope, b"origin").lower()
    if origin in (trusted.lower() for trusted in settings.CSRF_TRUSTED_ORIGINS):
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:  # http://[
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and parts.netloc == header(scope, b"host").lower()


def session_key(scope: dict[str, Any]) -> str:
    key = parse_cookie(header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME, "")
    return key if key.isalnum() else ""  # PostgreSQL refuses NUL with an error


def language(scope: dict[str, Any]) -> str:
    """That of the page, by the same cookie and header."""
    request = HttpRequest()
    request.COOKIES = parse_cookie(header(scope, b"cookie"))
    request.META["HTTP_ACCEPT_LANGUAGE"] = header(scope, b"accept-language")
    return get_language_from_request(request)


def viewer_of_session(key: str) -> AbstractBaseUser | None:
    """The active user whose session this is; checks the session's hash, so an old password's session is none."""
    if not key:
        return None
    request = HttpRequest()
    request.session = _SessionAsItIs(key)
    user = get_user(request)
    return user if isinstance(user, AbstractBaseUser) and user.is_active else None


def kept_out(viewer: object) -> bool:
    """Whether they are signed in, and may hear nothing for a while."""
    return bool(getattr(viewer, "is_suspended", False))


class _SessionAsItIs(SessionStore):
    """A socket sets no cookie: to end a session, or give it a new key after a new SECRET_KEY, is for a page."""

    key_salt = SessionStore().key_salt  # it is made from the name of the class

    def cycle_key(self) -> None: ...

    def flush(self) -> None: ...


def session_topic(key: str) -> str:
    """What every socket of a session listens to, so that its end can reach them. Never the key itself."""
    return f"session:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
