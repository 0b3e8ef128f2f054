"""The temporary database: one room, and as many people in it as there are sockets, each with a session of their own."""

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from chat.models import Membership, Room


def make_room(people: int) -> tuple[str, list[str]]:
    """The room's topic, and the session key of each member."""
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        room = Room.objects.create(kind=Room.Kind.CLOSED, name="Benchmark")
        handles = [f"person{number}" for number in range(people)]
        users = User.objects.bulk_create(
            User(email=f"{handle}@example.com", handle=handle, name=handle, password="!") for handle in handles
        )
        Membership.objects.bulk_create(Membership(room=room, user=user) for user in users)
        return room.topic, [session_of(user) for user in users]


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
