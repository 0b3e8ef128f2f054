"""How somebody is told that it was too much at once: when to come again, and with what they typed."""

import time
import uuid

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Message, Room
from tests.limits.conftest import Allow

pytestmark = pytest.mark.once


def test_retry_after_is_right(as_alice: Client, direct: Room, allow: Allow) -> None:
    allow("send=2/100s 1000/100s")
    url, started = f"/rooms/{direct.pk}/messages/", time.monotonic()
    answers = [as_alice.post(url, {"body": "x", "client_id": str(uuid.uuid4())}) for _ in range(3)]
    passed = time.monotonic() - started
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert 50 - passed <= int(answers[-1]["Retry-After"]) <= 50


def test_a_fetch_gets_words(as_alice: Client, direct: Room, allow: Allow) -> None:
    allow("send=1/1m 1000/1m, room=1/1h 100/1h")
    headers = {"HX-Request": "true"}
    url = f"/rooms/{direct.pk}/messages/"
    as_alice.post(url, {"body": "x", "client_id": str(uuid.uuid4())}, headers=headers)
    answer = as_alice.post(url, {"body": "x", "client_id": str(uuid.uuid4())}, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (429, "text/plain; charset=utf-8")
    assert answer.content.decode() == "That was a lot at once. Please try again in 60 s."
    assert Message.objects.count() == 1


def test_a_page_is_a_page_in_the_language(as_alice: Client, allow: Allow) -> None:
    allow("read=1/1h 1000/1h")
    as_alice.get("/people/")
    answer = as_alice.get("/people/")
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert "Please try again in 60 min." in answer.content.decode()
    assert "Spróbuj ponownie za 60 min." in as_alice.get("/people/", headers={"Accept-Language": "pl"}).content.decode()


TYPED = {
    "rooms/{room}/messages/": ("send", {"body": "what I typed", "client_id": "{uuid}"}, ["what I typed"]),
    "rooms/{room}/messages/1/text/": ("write", {"body": "what I typed"}, ["what I typed"]),
    "rooms/new/": ("room", {"name": "My room", "subject": "about it", "kind": "closed"}, ["My room", "about it"]),
    "rooms/{room}/settings/": (
        "write",
        {"name": "My room", "subject": "about it", "kind": "open"},
        ["My room", "about it"],
    ),
    "rooms/{room}/invitations/": ("invite", {"people": "{bob}"}, ["Bob Okafor"]),
    "accounts/profile/": (
        "write",
        {"name": "Alice the Great", "handle": "alice", "bio": "what I typed"},
        ["Alice the Great", "what I typed"],
    ),
    "accounts/profile/picture/": ("upload", {"x": "y"}, ['id="id_picture"']),
}


@pytest.mark.parametrize("path", TYPED)
def test_a_form_comes_back_with_what_was_typed_and_the_reason(
    as_alice: Client, alice: User, bob: User, allow: Allow, path: str
) -> None:
    name, fields, kept = TYPED[path]
    room = Room.objects.open_by(alice, name="Garden", subject="", kind=Room.Kind.OPEN)
    room.post(author=alice, client_id=uuid.uuid4(), body="said before")
    words = {"room": room.pk, "bob": bob.pk, "uuid": uuid.uuid4()}
    url = f"/{path.format(**words)}"
    allow(f"{name}=1/30s 1000/30s")
    as_alice.post(url, {})
    answer = as_alice.post(url, {key: value.format(**words) for key, value in fields.items()})
    html = answer.content.decode()
    assert (answer.status_code, 20 <= int(answer["Retry-After"]) <= 30) == (429, True)  # a busy machine takes its time
    assert f"Please try again in {answer['Retry-After']} s." in html
    for text in kept:
        assert text in html
    alice.refresh_from_db()
    assert alice.name == "Alice Moreau"
    assert not room.memberships.filter(user=bob).exists()
    assert list(Message.objects.values_list("body", flat=True)) == ["said before"]
    assert not Room.objects.filter(name="My room").exists()


def test_what_was_typed_is_not_shown_for_a_room_that_is_nobody_s_business(
    as_charlie: Client, direct: Room, allow: Allow
) -> None:
    allow("send=1/1h 1000/1h")
    answers = [as_charlie.post(f"/rooms/{direct.pk}/messages/", {"body": "x"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [404, 404], "and not 429, which would say nothing either"


def test_pages_with_what_was_typed_cost_what_pages_cost(as_alice: Client, allow: Allow) -> None:
    allow("room=1/1h 1000/1h, read=2/1h 1000/1h")
    as_alice.post("/rooms/new/", {})
    pages = [as_alice.post("/rooms/new/", {"name": "My room"}).content.decode() for _ in range(4)]
    assert ["My room" in page for page in pages] == [True, True, False, False]
    assert all("That was a lot at once." in page for page in pages)
