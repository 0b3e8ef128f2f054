"""Marking as unread, and reading one conversation: bounded, live, and for members only."""

import re
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from accounts.models import User
from chat.marks import see
from chat.models import Membership, Room
from tests.chat.test_seen import marks
from tests.conftest import Say, signed_in

HX = {"HX-Request": "true"}


@pytest.fixture
def room(direct: Room, alice: User, bob: User, say: Say) -> Room:
    """Alice said five things, and Bob saw them."""
    for i in range(5):
        say(direct, alice, f"{i}")
    direct.refresh_from_db()
    see(bob, direct.pk, 5, known=0)
    return direct


def unread(client: Client, room: Room, seq: object = None, headers: Any = HX) -> int:
    data = {} if seq is None else {"seq": seq}
    return client.post(f"/rooms/{room.pk}/unread/", data, headers=headers).status_code


def shown(client: Client, room: Room) -> int:
    """What the sidebar counts."""
    html = client.get("/conversations/", headers=HX).content.decode()
    found = re.search(rf'id="conversation-{room.pk}"[^>]*?data-unread="(\d+)"', html)
    return int(found[1]) if found else 0


@pytest.mark.parametrize(
    ("seq", "read"), [(3, 2), (1, 0), (0, 0), (5, 4), (6, 5), (99, 5), (2**63 - 1, 5), ("", 4), (None, 4)]
)
def test_it_is_unread_from_this_message_on_within_what_was_said(
    room: Room, alice: User, bob: User, as_bob: Client, seq: object, read: int
) -> None:
    assert unread(as_bob, room, seq) == 204
    assert marks(room, bob) == (read, 5), "and it stays seen"
    assert shown(as_bob, room) == 5 - read
    assert marks(room, alice) == (5, 5), "nobody else's"


def test_the_whole_conversation_is_never_less_unread_than_before(room: Room, bob: User, as_bob: Client) -> None:
    unread(as_bob, room, 2)
    unread(as_bob, room)
    assert marks(room, bob) == (1, 5)


def test_an_empty_conversation_has_nothing_to_mark(alice: User, charlie: User, as_alice: Client) -> None:
    empty = Room.objects.direct(alice, charlie)
    assert unread(as_alice, empty) == 204
    assert marks(empty, alice) == (0, 0)


@pytest.mark.parametrize("seq", ["-1", "x", "1.5", "9" * 40, "1 OR 1=1", "\0"])
def test_a_seq_that_is_none_is_refused(room: Room, bob: User, as_bob: Client, seq: str) -> None:
    assert unread(as_bob, room, seq) == 400
    assert as_bob.post("/conversations/read/", {"room": seq}, headers=HX).status_code == 400
    assert marks(room, bob) == (5, 5)


def test_strangers_and_former_members_find_nothing(room: Room, bob: User, as_bob: Client, as_charlie: Client) -> None:
    Membership.objects.filter(user=bob).delete()
    for client in (as_bob, as_charlie):
        assert unread(client, room, 1) == 404
        assert client.get(f"/rooms/{room.pk}/unread/").status_code == 404
        assert client.post("/conversations/read/", {"room": room.pk}, headers=HX).status_code == 404


def test_without_javascript_one_is_led_out_of_the_room(room: Room, bob: User, as_bob: Client) -> None:
    assert f'action="/rooms/{room.pk}/unread/"' in as_bob.get(f"/rooms/{room.pk}/").content.decode()
    answer = as_bob.post(f"/rooms/{room.pk}/unread/")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert marks(room, bob) == (4, 5)


def test_one_conversation_is_read_and_the_others_stay(
    room: Room, bob: User, charlie: User, as_bob: Client, say: Say
) -> None:
    other = Room.objects.direct(bob, charlie)
    say(other, charlie)
    unread(as_bob, room, 1)
    assert as_bob.post("/conversations/read/", {"room": room.pk}, headers=HX).status_code == 204
    assert marks(room, bob)[0] == 5
    assert shown(as_bob, other) == 1


def test_a_page_says_how_far_its_viewer_had_read(room: Room, alice: User, bob: User, as_bob: Client) -> None:
    unread(as_bob, room, 3)
    for client, read in ((as_bob, 2), (signed_in(alice), 5)):
        html = client.get(f"/rooms/{room.pk}/").content.decode()
        assert re.search(rf'id="messages-{room.pk}"[^>]*data-read="{read}"', html)
        assert re.search(rf'id="conversation-{room.pk}"[^>]*data-read="{read}"', html)


@pytest.mark.django_db(transaction=True)
def test_another_device_is_told_and_nobody_else(
    room: Room, alice: User, bob: User, as_bob: Client, as_charlie: Client
) -> None:
    caches["live"].clear()
    phone = signed_in(bob)
    had = {
        client: client.get("/conversations/", headers=HX)["HX-PTag"] for client in (phone, signed_in(alice), as_charlie)
    }
    unread(as_bob, room, 4)
    stale = [
        client.get("/conversations/", headers=HX | {"HX-PTag": ptag}).status_code == 200 for client, ptag in had.items()
    ]
    assert stale == [True, False, False]
