"""The temporary database: rooms that differ only in how many are in them, and people only in how many they are in."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from chat.models import Membership, Room
from presence.models import Connection, Process
from tests.load.invalidation.people import make_users
from tests.long_room import say_many

SAID = 60  # messages of each room that is looked at
HERE = 1000  # people who are online, all in the large room


@dataclass(frozen=True)
class World:
    rooms: dict[int, Room]  # by how many are in it
    people: dict[int, User]  # by in how many rooms they are
    viewer: User  # in all of `rooms`, and in no other
    crowd: list[User]  # the members of the large one
    watchers: dict[int, list[User]]  # a hundred each, by in how many rooms they are


def make_world(members: tuple[int, ...], counts: tuple[int, ...]) -> World:
    call_command("migrate", verbosity=0, interactive=False)
    [viewer] = make_users("viewer", 1)
    crowd = make_users("member", max(members))
    rooms = {count: room_with(f"Room of {count}", [viewer, *crowd[: count - 1]]) for count in members}
    busy = dict(zip(counts, make_users("busy", len(counts)), strict=True))
    watchers = {count: make_users(f"watcher{count}_", 100) for count in counts}
    fill_rooms(busy, watchers)
    for room in rooms.values():
        say_many(room, [viewer, *crowd[:8]], SAID)
    be_here(crowd[:HERE])
    with connection.cursor() as cursor:
        # In an order that has nothing to do with their kinds: of any number of the last ones half are direct.
        cursor.execute("UPDATE chat_room SET last_at = now() - interval '1 second' * (id * 7919 % 100003)")
        cursor.execute("VACUUM ANALYZE")  # as it does by itself, in time
    return World(rooms, busy, viewer, crowd, watchers)


def room_with(name: str, people: list[User]) -> Room:
    room: Room = Room.objects.create(kind=Room.Kind.CLOSED, name=name)
    Membership.objects.bulk_create([Membership(room=room, user=user) for user in people], batch_size=2000)
    Membership.objects.filter(room=room, user=people[0]).update(role=Membership.Role.MODERATOR)
    return room


def fill_rooms(busy: dict[int, User], watchers: dict[int, list[User]]) -> None:
    """Of the busy half of the rooms are direct ones, with a person each whom the sidebar names; of the watchers none is."""
    most = max(busy)
    others = make_users("other", most // 2)
    named = [Room(kind="closed", name=f"Topic {n}", last_seq=9, version=9) for n in range(most - len(others))]
    named = Room.objects.bulk_create(named)
    places = [
        Membership(room=room, user=one)
        for count, people in watchers.items()
        for one in people
        for room in named[:count]
    ]
    for count, user in busy.items():
        half = count // 2
        pairs = [sorted((user, other), key=lambda one: one.pk) for other in others[:half]]
        direct = [Room(kind="direct", direct_low=a, direct_high=b, last_seq=9, version=9) for a, b in pairs]
        for room in Room.objects.bulk_create(direct):
            places += [Membership(room=room, user_id=pk) for pk in (room.direct_low_id, room.direct_high_id) if pk]
        places += [Membership(room=room, user=user) for room in named[: count - half]]
    Membership.objects.bulk_create(places, batch_size=2000)


def be_here(people: list[User]) -> None:
    ends = timezone.now() + timedelta(days=1)
    process = Process.objects.create(pk=uuid.uuid4(), name="bench", started_at=Now(), renewed_at=Now(), expires_at=ends)
    seats = [Connection(pk=uuid.uuid4(), process=process, user=user, opened_at=Now(), active=True) for user in people]
    Connection.objects.bulk_create(seats)
