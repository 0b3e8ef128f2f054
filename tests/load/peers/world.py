"""The temporary database of a contest: people, a room with all of them, a hundred that share them, and the peers' table."""

from dataclasses import dataclass

from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.crypto import get_random_string

from accounts.models import User
from chat.models import Membership, Room
from tests.load.invalidation.people import make_users
from tests.load.logins import login_of

SPREAD = 100  # rooms
TABLE = """CREATE TABLE peer_message (id bigserial PRIMARY KEY, room bigint NOT NULL, client_id uuid NOT NULL UNIQUE,
           body text NOT NULL, created_at timestamptz NOT NULL DEFAULT now())"""


@dataclass(frozen=True)
class World:
    one: int  # the room with all of them
    many: list[int]  # rooms; the person with number n is in the n-th, beginning anew after the last
    sessions: list[str]
    authors: list[str]  # sessions of people who are in every room and have no socket

    def rooms(self, count: int) -> list[int]:
        return [self.one] if count == 1 else self.many


def make_world(people: int, authors: int = 1) -> World:
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(TABLE)
        users, writers = make_users("person", people), make_users("author", authors)
        one = Room.objects.create(kind=Room.Kind.CLOSED, name="Everyone")
        many = Room.objects.bulk_create(Room(kind=Room.Kind.CLOSED, name=f"Room {n}") for n in range(SPREAD))
        of_all = [Membership(room=room, user=user) for room in [one, *many] for user in writers]
        shared = [Membership(room=many[n % SPREAD], user=user) for n, user in enumerate(users)]
        Membership.objects.bulk_create([Membership(room=one, user=user) for user in users] + of_all + shared)
        return World(one.pk, [room.pk for room in many], sessions_of(users), sessions_of(writers))


def sessions_of(users: list[User]) -> list[str]:
    """All at once: one by one, thousands take a minute."""
    stores = [SessionStore(get_random_string(32)) for _ in users]
    rows = [store.create_model_instance(login_of(user)) for store, user in zip(stores, users, strict=True)]
    SessionStore.get_model_class().objects.bulk_create(rows)
    return [row.session_key for row in rows]
