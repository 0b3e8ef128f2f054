"""Somebody's sessions, all at once: as many statements for a hundred as for one. And how long each lasts."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from chatpoc import live

BEGAN = "began"  # in a session: when the log-in was
AT_ONCE = 100  # rows


def keep_open(session: SessionBase) -> None:
    """Use moves its end on, until it has lasted for the longest. Written a hundred times in an idle time, not each time."""
    now = timezone.now()
    began = datetime.fromisoformat(session.setdefault(BEGAN, now.isoformat()))
    end = min(now + settings.SESSION_IDLE, began + settings.SESSION_LONGEST)
    # A log-in sets seconds, which every write would begin anew.
    lasting = isinstance(session.get("_session_expiry"), str)
    if not lasting or abs(end - session.get_expiry_date()) > settings.SESSION_IDLE / 100:
        session.set_expiry(end)


def forget_what_is_over() -> None:
    """Sessions that came to their end, and the addresses they were used from. Whoever signs in does this for all.

    One that was unused for too long may have been stored with a later end, before SESSION_IDLE was made shorter.
    """
    now = timezone.now()
    over = list(Session.objects.filter(expire_date__lt=now).values_list("session_key", flat=True)[:AT_ONCE])
    unused = Q(last_seen_at__lt=now - settings.SESSION_IDLE - timedelta(days=1))
    entries = list(
        UserSession.objects.filter(Q(session_key__in=over) | unused).values_list("pk", "user", "session_key")[
            : 2 * AT_ONCE
        ]
    )
    if not over and not entries:
        return
    with transaction.atomic():
        Session.objects.filter(session_key__in=[*over, *(key for *_, key in entries)]).delete()
        gone = UserSession.objects.filter(pk__in=[pk for pk, *_ in entries])
        gone._raw_delete(gone.db)
        for user in {user for _, user, _ in entries}:
            live.changed(f"access:{user}")


def open_sessions(user: User) -> list[UserSession]:
    """Those that are still signed in, the one used last first; the entries of the others go."""
    entries = list(UserSession.objects.filter(user=user).order_by("-last_seen_at"))
    alive = _alive(user, [entry.session_key for entry in entries])
    if dead := [entry.pk for entry in entries if entry.session_key not in alive]:
        end_sessions(UserSession.objects.filter(pk__in=dead), user)
    return [entry for entry in entries if entry.session_key in alive]


def end_sessions(entries: QuerySet[UserSession], user: User) -> None:
    """The end of these, which are all `user`'s. No signal is sent for each: their sockets look again, once."""
    with transaction.atomic():
        keys = list(entries.values_list("session_key", flat=True))
        if not keys:
            return
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys)._raw_delete(entries.db)
        live.changed(f"access:{user.pk}")


def _alive(user: User, keys: list[str]) -> set[str]:
    """Not ended, not expired, and opened with the password of now."""
    hashes = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    found = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return {session.session_key for session in found if _is_signed_in(session, user, hashes)}


def _is_signed_in(session: Session, user: User, hashes: set[str]) -> bool:
    data = session.get_decoded()
    return data.get(SESSION_KEY) == str(user.pk) and data.get(HASH_SESSION_KEY) in hashes
