"""Somebody's sessions, all at once: as many statements for a hundred as for one."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from chatpoc import live


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
