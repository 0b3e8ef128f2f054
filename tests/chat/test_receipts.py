"""Receipts: what the members of a small room are told of each other."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from chat import receipts
from chat.marks import put_back, read_everything, see
from chat.models import Membership, Room
from chat.receipts import READERS, are_shown
from tests.conftest import Say, make_person


def told(room: Room) -> dict[int, list[int]]:
    """By person: the seq that they saw, and when."""
    value = receipts.receipts([str(room.pk)])[str(room.pk)]
    assert " " not in value
    return {int(person): mark for person, mark in json.loads(value).items()}


def crowd(size: int) -> tuple[Room, list[User]]:
    room = Room.objects.create(kind=Room.Kind.CLOSED, name="Crowd")
    people = [make_person(f"p{i:03}", f"P {i}") for i in range(size)]
    Membership.objects.bulk_create(Membership(room=room, user=person) for person in people)
    return room, people


def test_it_tells_how_far_each_member_saw_and_when(direct: Room, alice: User, bob: User, say: Say) -> None:
    assert told(direct) == {}
    said = [say(direct, alice) for _ in range(3)]
    assert told(direct) == {alice.pk: [3, int(said[-1].created_at.timestamp())]}
    see(bob, direct.pk, 2, known=0)
    at = Membership.objects.get(room=direct, user=bob).seen_at
    assert at
    assert told(direct)[bob.pk] == [2, int(at.timestamp())]


def test_what_was_only_marked_is_not_told(direct: Room, alice: User, bob: User, say: Say) -> None:
    for _ in range(3):
        say(direct, alice)
    direct.refresh_from_db()
    see(bob, direct.pk, 2, known=0)
    before = told(direct)
    read_everything(bob)
    assert told(direct) == before
    put_back(bob, direct, 1)
    assert told(direct) == before, "nor that it was put back"


def test_who_appears_offline_stands_where_they_stood(direct: Room, alice: User, bob: User, say: Say) -> None:
    say(direct, alice)
    see(bob, direct.pk, 1, known=0)
    before = told(direct)[bob.pk]
    User.objects.filter(pk=bob.pk).update(hidden_since=timezone.now())
    say(direct, alice)
    assert see(bob, direct.pk, 2, known=1) is False, "and no hint goes out"
    assert told(direct)[bob.pk] == before
    User.objects.filter(pk=bob.pk).update(hidden_since=None)
    assert told(direct)[bob.pk] == before, "what was read in hiding is not told afterwards either"


def test_the_deactivated_and_those_who_left_show_no_face(direct: Room, alice: User, bob: User, say: Say) -> None:
    say(direct, alice)
    see(bob, direct.pk, 1, known=0)
    bob.deactivate()
    assert told(direct).keys() == {alice.pk}
    Membership.objects.filter(user=alice).delete()
    assert told(direct) == {}


@pytest.mark.parametrize(("size", "shown"), [(READERS, True), (READERS + 1, False)])
def test_a_large_room_has_none(size: int, shown: bool, say: Say) -> None:  # noqa: FBT001
    room, people = crowd(size)
    say(room, people[0])
    see(people[1], room.pk, 1, known=0)
    assert are_shown(room.pk) is shown
    assert told(room).keys() == ({people[0].pk, people[1].pk} if shown else set())


def test_a_look_is_one_query_for_any_number_of_rooms_and_messages(
    direct: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    rooms = [direct, Room.objects.direct(alice, charlie), crowd(READERS + 5)[0]]
    for _ in range(30):
        say(direct, bob)
    for upto in (1, 3):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            receipts.receipts([str(room.pk) for room in rooms[:upto]])
        assert len(queries) == 1
    assert receipts.receipts([]) == {}
