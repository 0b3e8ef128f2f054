"""When and from where each session was last used; that is what keeps it open."""

import time
from collections.abc import Callable
from contextlib import suppress

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.sessions import keep_open
from chatpoc.live.handshake import session_topic
from chatpoc.memory import Memory

ASK = 30  # seconds
PACE = 300  # seconds between two notes: "5 minutes ago" is as exact as anybody asks, and a write for each request is not free


def note_activity(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated and not _asked_lately(key) and cache.add(noted(key), 1, PACE):
            _note(request, key)
        return get_response(request)

    return middleware


_asked: Memory[str, float] = Memory(20_000, megabytes=4)


def _asked_lately(key: str) -> bool:
    """Whether this process asked the cache within ASK: most requests come soon after another of their session."""
    now = time.monotonic()
    if (at := _asked.get(key)) is not None and now - at < ASK:
        return True
    _asked.keep(key, now)
    return False


def noted(key: str) -> str:
    """Under this the cache remembers that a session was noted lately."""
    return f"noted:{session_topic(key)}"


def _note(request: HttpRequest, key: str) -> None:
    keep_open(request.session)
    seen = {"last_seen_at": timezone.now(), "user_agent": request.headers.get("User-Agent", "")[:200]}
    with suppress(PermissionDenied):  # the proxy does not say
        seen["ip"] = get_adapter().get_client_ip(request)
    listed = UserSession.objects.filter(session_key=key).update(**seen)
    if not listed and "ip" in seen:  # made by hand, or before sessions were listed
        UserSession.objects.get_or_create(session_key=key, defaults={**seen, "user": request.user})
