"""A session of somebody, as signing in makes it."""

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import User


def login_of(user: User) -> dict[str, str]:
    return {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: "allauth.account.auth_backends.AuthenticationBackend",
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }


def session_of(user: User) -> str:
    session = SessionStore()
    session.update(login_of(user))
    session.save()
    return str(session.session_key)
