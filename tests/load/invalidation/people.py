"""The temporary database: pairs of people in a direct conversation each, all in one lobby, and somebody who talks a lot."""

import itertools
from dataclasses import dataclass

from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from chat.models import Membership, Room
from tests.load.logins import session_of

CONVERSATIONS = 30  # of the one who talks a lot
COLLEAGUES = 45  # people without a page, whom pages may watch


@dataclass(frozen=True)
class Person:
    user: User
    session: str
    room: Room  # their direct conversation
    watch: dict[str, str]  # what their page shows: the sidebar, and themselves


@dataclass(frozen=True)
class World:
    people: list[Person]  # 0 talks with 1, 2 with 3 and so on
    colleagues: list[str]  # tags
    talker: Person
    lobby: Room  # all are in it


def make_world(pairs: int) -> World:
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        lobby = Room.objects.create(kind=Room.Kind.OPEN, name="Lobby", is_lobby=True)
        users, colleagues = make_users("person", pairs * 2), make_users("colleague", COLLEAGUES)
        talker = make_users("talker", 1)[0]
        Membership.objects.bulk_create(Membership(room=lobby, user=user) for user in [*users, talker])
        rooms = make_rooms(list(zip(users[::2], users[1::2], strict=True)))
        chats = make_rooms([(colleague, talker) for colleague in colleagues[: CONVERSATIONS - 1]])
        people = [page_of(user, lobby, rooms[number // 2]) for number, user in enumerate(users)]
        return World(people, [f"people:{one.pk}" for one in colleagues], page_of(talker, lobby, chats[0]), lobby)


def make_users(name: str, count: int) -> list[User]:
    handles = [f"{name}{number}" for number in range(count)]
    users: list[User] = User.objects.bulk_create(
        User(email=f"{handle}@example.com", handle=handle, name=handle.title(), password="!") for handle in handles
    )
    return users


def make_rooms(pairs: list[tuple[User, User]]) -> list[Room]:
    rooms: list[Room] = Room.objects.bulk_create(
        Room(kind=Room.Kind.DIRECT, direct_low=low, direct_high=high, last_seq=1, version=1) for low, high in pairs
    )
    both = itertools.chain.from_iterable(
        [Membership(room=room, user=low), Membership(room=room, user=high)]
        for room, (low, high) in zip(rooms, pairs, strict=True)
    )
    Membership.objects.bulk_create(both)
    return rooms


def page_of(user: User, lobby: Room, room: Room) -> Person:
    other = room.other_than(user)
    assert other
    tags = [f"conversations:{user.pk}", f"activity:{lobby.pk}", f"activity:{room.pk}"]
    people = [f"people:{user.pk}", f"people:{other.pk}"]
    return Person(user, session_of(user), room, dict.fromkeys([*tags, *people], ""))
