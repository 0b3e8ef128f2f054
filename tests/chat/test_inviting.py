"""Who may bring others into a room."""

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Membership, Room
from tests.chat.rooms import HX, at_once, people, refused, role, room_of
from tests.conftest import Say, make_person


@pytest.mark.parametrize(("kind", "allowed"), [("open", True), ("closed", False)])
def test_a_member_invites_into_an_open_room_and_a_moderator_into_both(
    alice: User, bob: User, as_alice: Client, as_bob: Client, kind: str, *, allowed: bool
) -> None:
    room = room_of(alice, bob, kind)
    dana, emre = make_person("dana", "Dana"), make_person("emre", "Emre")
    path = f"/rooms/{room.pk}/invitations/"
    answer = as_bob.post(path, {"people": [dana.pk]})
    assert (answer.status_code == 302, role(room, dana) == "member") == (allowed, allowed)
    assert allowed or "Only a moderator may invite" in answer.content.decode()
    assert (f"/rooms/{room.pk}/invitations/" in as_bob.get(f"/rooms/{room.pk}/members/").content.decode()) is allowed
    assert as_alice.post(path, {"people": [dana.pk, emre.pk]}).status_code == 302
    assert people(room) == {"alice", "bob", "dana", "emre"}


def test_what_was_said_before_is_not_unread_and_a_former_member_cannot_invite(
    alice: User, bob: User, charlie: User, as_alice: Client, as_bob: Client, say: Say
) -> None:
    room = room_of(alice, bob)
    say(room, alice)
    assert [person.handle for person in room.invite(by=alice, people=[charlie, bob])] == ["charlie"]
    assert room.memberships.select_related("room").get(user=charlie).unread == 0
    room.remove(by=alice, person=bob)
    assert as_bob.post(f"/rooms/{room.pk}/invitations/", {"people": [charlie.pk]}).status_code == 404
    assert "moderator" in refused(lambda: room.invite(by=bob, people=[bob]))


def test_the_page_searches_and_keeps_who_is_picked_without_javascript(
    alice: User, bob: User, charlie: User, as_alice: Client
) -> None:
    room = room_of(alice, bob)
    dana = make_person("dana", "Dana Petrova")
    path = f"/rooms/{room.pk}/invitations/"
    page = as_alice.get(path).content.decode()
    assert f'name="people" value="{charlie.pk}"' in page
    assert f'name="people" value="{bob.pk}"' not in page, "he is in the room already"
    answer = as_alice.post(path, {"find": "1", "q": "dan", "people": [charlie.pk]})
    assert answer["Location"] == f"{path}?q=dan&people={charlie.pk}"
    page = as_alice.get(answer["Location"]).content.decode()
    assert f'value="{charlie.pk}" checked' in page
    assert f'name="people" value="{dana.pk}">' in page
    found = as_alice.get(f"/rooms/{room.pk}/candidates/?q=nobody", headers=HX).content.decode()
    assert "Nobody outside this room is called “nobody”" in found


@pytest.mark.parametrize("given", [[], ["x"], ["0"], ["9" * 30], ["1" * 10], ["\0"]])
def test_a_bad_choice_is_explained(alice: User, bob: User, charlie: User, as_alice: Client, given: list[str]) -> None:
    room = room_of(alice, bob)
    answer = as_alice.post(f"/rooms/{room.pk}/invitations/", {"people": [*given, *([charlie.pk] if given else [])]})
    assert answer.status_code == 422
    assert ("Pick somebody first" if not given else "no longer here") in answer.content.decode()
    assert people(room) == {"alice", "bob"}


def test_who_has_left_the_chat_is_not_invited_and_many_at_once_are_refused(
    alice: User, bob: User, charlie: User, as_alice: Client
) -> None:
    room = room_of(alice, bob)
    charlie.deactivate()
    assert room.invite(by=alice, people=[charlie]) == []
    crowd = [make_person(f"p{i}x", f"P{i}").pk for i in range(51)]
    answer = as_alice.post(f"/rooms/{room.pk}/invitations/", {"people": crowd})
    assert "at most 50 people" in answer.content.decode()


def test_nobody_is_invited_to_a_direct_or_an_archived_room(
    alice: User, bob: User, charlie: User, direct: Room, as_alice: Client
) -> None:
    assert as_alice.post(f"/rooms/{direct.pk}/invitations/", {"people": [charlie.pk]}).status_code == 404
    refused(lambda: direct.invite(by=alice, people=[charlie]))
    room = room_of(alice, bob)
    room.archive(by=alice)
    assert as_alice.post(f"/rooms/{room.pk}/invitations/", {"people": [charlie.pk]}).status_code == 403
    assert "archived" in refused(lambda: room.invite(by=alice, people=[charlie]))
    assert Membership.objects.filter(user=charlie).count() == 0


@pytest.mark.django_db(transaction=True)
def test_who_is_invited_and_joins_at_once_is_in_once(alice: User, bob: User, charlie: User) -> None:
    room = room_of(alice, bob, "open")
    at_once(
        lambda: room.invite(by=alice, people=[charlie]),
        lambda: room.invite(by=bob, people=[charlie]),
        lambda: room.enter(charlie),
        lambda: room.join(charlie),
    )
    assert room.memberships.filter(user=charlie).count() == 1
