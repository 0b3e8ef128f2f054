"""Who chats, in which rooms; and what the database says of them. Importable once Django is set up; everything here blocks."""

import random
import secrets
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from psycopg_pool import PoolTimeout

from accounts.models import User
from chat.models import Membership, Message, Room
from chat.partials import message_html
from tests.faults.checker import Row, Truth
from tests.faults.log import Shown, messages_in
from tests.faults.page import Person
from tests.load.logins import session_of

T = TypeVar("T")
SMALL = 4  # members of a small room
PATIENCE = 60  # seconds that the database has to come back


def make_people(count: int, rng: random.Random) -> tuple[list[Person], list[Person]]:
    """Those who chat, and two who are in no room. Everybody is in one big room, some in a smaller, and all in small ones."""
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        users = [_user(f"person{number}") for number in range(count + 2)]
        members, strangers = users[:count], users[count:]
        groups = [members, members[::3], members[1::3]]
        groups += [rng.sample(members, SMALL) for _ in range(max(2, count // SMALL))]
        rooms: dict[int, set[int]] = {user.pk: set() for user in users}
        for number, group in enumerate(groups):
            room = Room.objects.create(kind=Room.Kind.CLOSED, name=f"Room {number}")
            Membership.objects.bulk_create(Membership(room=room, user=user) for user in group)
            for user in group:
                rooms[user.pk].add(room.pk)
        for one, other in zip(members[::2], members[1::2], strict=False):
            direct = Room.objects.direct(one, other)
            rooms[one.pk].add(direct.pk)
            rooms[other.pk].add(direct.pk)
        crowded = Room.objects.order_by("pk").values_list("pk", flat=True)[0]
        everyone = {user.pk: _person(user, rooms[user.pk], crowded) for user in users}
    return [everyone[user.pk] for user in members], [everyone[user.pk] for user in strangers]


def _user(handle: str) -> User:
    user: User = User.objects.create(email=f"{handle}@example.com", handle=handle, name=handle.title(), password="!")
    return user


def _person(user: User, rooms: Iterable[int], crowded: int) -> Person:
    return Person(user.pk, user.name, session_of(user), secrets.token_hex(16), frozenset(rooms), crowded)


def in_database(work: Callable[[], T]) -> T:
    """On a connection that is given back, and again while the database is coming back."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except (DatabaseError, PoolTimeout):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        finally:
            connection.close()


def versions() -> dict[int, int]:
    return in_database(lambda: dict(Room.objects.values_list("pk", "version")))


def version_now(room: int) -> int | None:
    """None while the database does not answer."""
    try:
        found: int = Room.objects.values_list("version", flat=True).get(pk=room)
        return found
    except (DatabaseError, PoolTimeout):
        return None
    finally:
        connection.close()


def truths(floors: dict[int, int], before: dict[int, int]) -> list[Truth]:
    """Every room as it is, above these places; `before` are the versions that the rooms had when the journal was begun."""

    def read() -> list[Truth]:
        rooms = Room.objects.order_by("pk")
        return [Truth(room.pk, room.version, before[room.pk], floors[room.pk], _rows(room, floors)) for room in rooms]

    return in_database(read)


def _rows(room: Room, floors: dict[int, int]) -> list[Row]:
    messages = Message.objects.filter(room=room, seq__gt=floors[room.pk]).select_related("author").order_by("seq", "pk")
    return [Row(_shown(message), message.body, message.deleted_at is not None) for message in messages]


def _shown(message: Message) -> Shown:
    """As a fresh page would show it."""
    (shown,) = messages_in(message_html(message))
    return shown
