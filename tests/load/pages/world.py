"""People with a short sidebar and as many with a long one, in a room that gets few messages and one that gets many."""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import User
from chat.models import Membership, Room
from chat.seeding.writing import COLUMNS, insert
from chatpoc import live
from tests.load.invalidation.people import make_users
from tests.load.peers.world import sessions_of

SHORT, LONG = 5, 500  # rooms in a sidebar
BATCH = 20_000  # rows of a COPY
WORDS = "What one says of a day, of the weather and of the beans, and now and then somewhat more than that. "


@dataclass(frozen=True)
class World:
    small: Room
    large: Room
    short: list[str]  # sessions of those with a short sidebar
    long: list[str]


def make_world(clients: int) -> World:
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        users = make_users("person", clients * 2)
        rooms = Room.objects.bulk_create(Room(kind=Room.Kind.CLOSED, name=f"Room {n}") for n in range(LONG))
        few, many = users[:clients], users[clients:]
        Membership.objects.bulk_create(
            Membership(room=room, user=user)
            for people, theirs in ((few, rooms[:SHORT]), (many, rooms))
            for user, room in itertools.product(people, theirs)
        )
        return World(rooms[0], rooms[1], sessions_of(few), sessions_of(many))


def fill(room: Room, count: int) -> None:
    """By COPY, as `manage.py seed` does it; one message every half a minute, up to now."""
    authors = list(User.objects.filter(memberships__room=room).values_list("pk", flat=True)[:5])
    made = rows(room.pk, authors, count)
    while batch := list(itertools.islice(made, BATCH)):
        with transaction.atomic(), live.exactly():
            insert(batch)
    room.memberships.update(read_seq=count)
    Room.objects.filter(pk=room.pk).update(last_seq=count, version=count)
    with connection.cursor() as cursor:  # as PostgreSQL does it by itself, in time
        cursor.execute("VACUUM ANALYZE chat_message")


def rows(room: int, authors: list[int], count: int) -> Iterator[tuple[Any, ...]]:
    assert COLUMNS[:6] == ["room_id", "author_id", "seq", "version", "client_id", "body"]
    begin = datetime.now(UTC) - timedelta(seconds=30 * count)
    for seq in range(1, count + 1):
        at = (begin + timedelta(seconds=30 * seq)).isoformat()
        body = f"number {seq} {WORDS[: 20 + seq * 7 % 80]}"
        yield room, authors[seq // 3 % len(authors)], seq, seq, uuid.uuid4(), body, at, None, None
