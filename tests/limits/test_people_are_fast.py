"""What people do fast, and all passes: with the limits as they are."""

import uuid

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Room
from chatpoc.limits import buckets, table, tabs, whose

pytestmark = pytest.mark.once

FETCH = {"HX-Request": "true"}


def send(client: Client, room: Room, body: str) -> int:
    fields = {"body": body, "client_id": str(uuid.uuid4())}
    return client.post(f"/rooms/{room.pk}/messages/", fields, headers=FETCH).status_code


def test_a_paste_of_ten_lines_sent_as_ten_messages_and_then_ten_more(as_alice: Client, direct: Room) -> None:
    assert {send(as_alice, direct, f"line {number}") for number in range(20)} == {201}


def open_tab(client: Client, room: Room) -> set[int]:
    """A page, and what it fetches when it is restored: each fragment, what was missed, a page of history, what is new."""
    paths = [f"/rooms/{room.pk}/", "/conversations/", "/accounts/me/", f"/rooms/{room.pk}/header/", "/presence/visibility/",
             f"/rooms/{room.pk}/notify/choice/", f"/rooms/{room.pk}/messages/?since=0", f"/rooms/{room.pk}/messages/?before=1",
             f"/notifications/?rooms={room.pk}"]  # fmt: skip
    return {client.get(path, headers=FETCH).status_code for path in paths}


def test_ten_tabs_are_restored_at_once(as_alice: Client, direct: Room) -> None:
    for _ in range(10):
        assert open_tab(as_alice, direct) <= {200, 304}


def test_a_letter_at_a_time_into_the_finder(as_alice: Client) -> None:
    sentence = "somebody whose name I do not quite"
    for end in range(len(sentence)):
        assert as_alice.get("/find/", {"q": sentence[: end + 1]}, headers=FETCH).status_code == 200


def test_edits_and_deletions_one_after_the_other(as_alice: Client, alice: User, direct: Room) -> None:
    message = direct.post(author=alice, client_id=uuid.uuid4(), body="x")
    url = f"/rooms/{direct.pk}/messages/{message.seq}"
    for turn in range(10):
        assert as_alice.post(f"{url}/text/", {"body": f"x{turn}"}, headers=FETCH).status_code == 200
        assert as_alice.post(f"{url}/deletion/", headers=FETCH).status_code == 200
        assert as_alice.post(f"{url}/deletion/undo/", headers=FETCH).status_code == 200


# What one pupil does in the same moment as the others: a lesson begins, with ten tabs each.
LESSON = {"read": 90, "search": 20, "picture": 200, "send": 10, "write": 15, "invite": 3, "room": 2, "upload": 2, "report": 2,
          "socket": 10, "frame": 60, "watch": 25}  # fmt: skip


def test_a_class_of_forty_behind_one_address() -> None:
    """By the buckets themselves: the requests would take a minute."""
    assert {*LESSON, "tabs"} == set(table.DEFAULTS)
    for pupil in range(40):
        owners = ("address:school", whose.person(pupil))
        for name, times in LESSON.items():
            waits = [buckets.here.take(whose.buckets(name, owners)) for _ in range(times)]
            assert not any(waits), (name, pupil)
        assert all(tabs.enter(owners) for _ in range(10))
    for pupil in range(40):
        for _ in range(10):
            tabs.leave(("address:school", whose.person(pupil)))
    assert not tabs._open
