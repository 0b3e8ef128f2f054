"""Leaving a room and being removed from it: there is always somebody to moderate, and always a way in."""

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Room
from tests.chat.rooms import at_once, people, refused, role, room_of


def test_a_member_leaves_an_open_room_at_once_and_is_asked_about_a_closed_one(
    alice: User, bob: User, as_bob: Client
) -> None:
    closed, open_one = room_of(alice, bob), room_of(alice, bob, "open", "Yard")
    assert f'action="/rooms/{open_one.pk}/leaving/"' in as_bob.get(f"/rooms/{open_one.pk}/members/").content.decode()
    assert f'href="/rooms/{closed.pk}/leaving/"' in as_bob.get(f"/rooms/{closed.pk}/members/").content.decode()
    assert "only if a moderator invites you" in as_bob.get(f"/rooms/{closed.pk}/leaving/").content.decode()
    assert people(closed) == {"alice", "bob"}, "asking leaves nothing"
    for room in (closed, open_one):
        assert as_bob.post(f"/rooms/{room.pk}/leaving/")["Location"] == "/"
        assert people(room) == {"alice"}
    assert as_bob.get(f"/rooms/{closed.pk}/").status_code == 404
    assert "Join the room" in as_bob.get(f"/rooms/{open_one.pk}/").content.decode()


def test_the_last_moderator_hands_on_to_who_has_been_there_longest(alice: User, bob: User, charlie: User) -> None:
    room = room_of(alice, bob)
    room.join(charlie)
    room.leave(alice)
    assert (role(room, bob), role(room, charlie)) == ("moderator", "member")
    bob.deactivate()
    room.memberships.filter(user=bob).update(role="member")
    room.memberships.filter(user=charlie).update(role="moderator")
    room.join(alice)
    room.leave(charlie)
    assert role(room, alice) == "moderator", "who is not there cannot moderate"


def test_a_closed_room_that_everyone_left_is_archived_and_an_open_one_is_not(alice: User, bob: User) -> None:
    closed, open_one = room_of(alice, bob), room_of(alice, bob, "open", "Yard")
    for room in (closed, open_one):
        room.leave(bob)
        room.leave(alice)
        room.leave(alice)
        room.refresh_from_db()
    assert closed.archived_at
    assert not open_one.archived_at


def test_who_deletes_their_account_leaves_their_rooms_as_they_would_by_hand(alice: User, bob: User) -> None:
    room, alone = room_of(alice, bob), Room.objects.open_by(alice, kind="closed", name="Alone")
    alice.erase()
    alone.refresh_from_db()
    assert role(room, bob) == "moderator"
    assert alone.archived_at


def test_the_lobby_is_handed_to_nobody(alice: User, bob: User) -> None:
    lobby = Room.objects.lobby()
    lobby.join(alice, role="moderator")
    lobby.join(bob)
    lobby.leave(alice)
    assert role(lobby, bob) == "member"


def test_nobody_leaves_a_direct_room(direct: Room, alice: User, bob: User, as_alice: Client) -> None:
    assert as_alice.post(f"/rooms/{direct.pk}/leaving/").status_code == 404
    assert "two people" in refused(lambda: direct.leave(alice))
    assert "two people" in refused(lambda: direct.remove(by=alice, person=bob))
    assert people(direct) == {"alice", "bob"}


def test_a_moderator_removes_and_a_member_does_not(
    alice: User, bob: User, charlie: User, as_alice: Client, as_bob: Client
) -> None:
    room = room_of(alice, bob)
    room.join(charlie)
    path = f"/rooms/{room.pk}/people/{charlie.pk}/removal/"
    assert as_bob.get(path).status_code == as_bob.post(path).status_code == 403
    assert path not in as_bob.get(f"/rooms/{room.pk}/people/").content.decode()
    assert path in as_alice.get(f"/rooms/{room.pk}/people/").content.decode()
    assert "Remove Charlie Lindqvist from this room?" in as_alice.get(path).content.decode()
    assert "charlie" in people(room)
    assert as_alice.post(path)["Location"] == f"/rooms/{room.pk}/people/"
    assert as_alice.post(path).status_code == 302, "gone already"
    assert people(room) == {"alice", "bob"}
    assert as_alice.post(f"/rooms/{room.pk}/people/{alice.pk}/removal/").status_code == 403
    assert as_alice.get(f"/rooms/{room.pk}/people/999999/removal/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_who_remove_each_other_one_stays(alice: User, bob: User) -> None:
    room = room_of(alice, bob)
    room.memberships.update(role="moderator")
    results = at_once(lambda: room.remove(by=alice, person=bob), lambda: room.remove(by=bob, person=alice))
    assert len(people(room)) == 1
    assert results.count(True) == 1


@pytest.mark.django_db(transaction=True)
def test_when_all_leave_at_once_the_closed_room_is_archived(alice: User, bob: User, charlie: User) -> None:
    room = room_of(alice, bob)
    room.join(charlie)
    at_once(*(lambda who=who: room.leave(who) for who in (alice, bob, charlie)))
    room.refresh_from_db()
    assert room.archived_at
    assert people(room) == set()


@pytest.mark.django_db(transaction=True)
def test_who_leaves_while_being_removed_is_gone(alice: User, bob: User) -> None:
    room = room_of(alice, bob)
    at_once(lambda: room.leave(bob), lambda: room.remove(by=alice, person=bob))
    assert people(room) == {"alice"}


def test_a_moderator_who_is_deactivated_is_no_moderator_to_leave_a_room_to(
    alice: User, bob: User, charlie: User
) -> None:
    room = room_of(alice, bob)
    room.join(charlie, role="moderator")
    charlie.is_active = False
    charlie.save()
    alices = room.memberships.get(user=alice)
    assert "needs a moderator" in refused(lambda: alices.make("member", by=alice))
    room.leave(alice)
    assert role(room, bob) == "moderator"
    assert role(room, charlie) == "moderator"
