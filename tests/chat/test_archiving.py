"""An archived room is read, and not written to."""

import uuid

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Message, Room
from chat.models.refusals import Archived, NotAMember
from tests.chat.rooms import HX, at_once, refused, room_of
from tests.conftest import Say


def test_moderators_archive_and_reopen_and_nobody_else_does(
    alice: User, bob: User, as_alice: Client, as_bob: Client, as_charlie: Client
) -> None:
    room = room_of(alice, bob)
    path = f"/rooms/{room.pk}/archive/"
    assert as_charlie.post(path).status_code == 404
    assert as_bob.post(path).status_code == 403
    as_alice.get(path)
    room.refresh_from_db()
    assert room.archived_at is None
    as_alice.post(path)
    room.refresh_from_db()
    since = room.archived_at
    assert since
    as_alice.post(path)
    assert as_bob.post(path, {"reopen": "1"}).status_code == 403
    room.refresh_from_db()
    assert room.archived_at == since, "twice is once"
    assert "archived" in refused(lambda: room.change(by=alice, name="x", subject="", kind="open"))
    as_alice.post(path, {"reopen": "1"})
    room.refresh_from_db()
    assert room.archived_at is None


def test_what_is_written_into_an_archived_room_is_refused_kindly_and_kept(
    alice: User, bob: User, as_bob: Client, say: Say
) -> None:
    room = room_of(alice, bob)
    before = say(room, bob, "in time")
    room.archive(by=alice)
    letter = {"body": "too late", "client_id": str(uuid.uuid4())}
    pushed = as_bob.post(f"/rooms/{room.pk}/messages/", letter, headers=HX)
    assert (pushed.status_code, pushed["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert "This room is archived" in pushed.content.decode()
    page = as_bob.post(f"/rooms/{room.pk}/messages/", letter)
    assert page.status_code == 403
    assert "too late</textarea>" in page.content.decode(), "what was typed is not lost"
    assert "in time" in page.content.decode(), "it can be read"
    assert Message.objects.filter(event="").count() == 1
    again = as_bob.post(
        f"/rooms/{room.pk}/messages/", {"body": "in time", "client_id": str(before.client_id)}, headers=HX
    )
    assert again.status_code == 201, "the answer to what was sent before was lost, and it is safe to ask again"
    room.reopen(by=alice)
    assert as_bob.post(f"/rooms/{room.pk}/messages/", letter, headers=HX).status_code == 201
    room.refresh_from_db()
    assert (room.last_seq, room.version) == (4, 4), "with two lines; a refusal leaves no gap"


def test_a_stranger_is_none_in_an_archived_room_too(alice: User, bob: User, charlie: User, say: Say) -> None:
    room = room_of(alice, bob)
    with pytest.raises(NotAMember):
        say(room, charlie)
    room.archive(by=alice)
    with pytest.raises(Archived):
        say(Room.objects.get(pk=room.pk), alice)


def test_it_stands_folded_at_the_end_of_the_conversations_and_can_be_left(
    alice: User, bob: User, as_bob: Client
) -> None:
    room = room_of(alice, bob)
    assert "Archived" not in as_bob.get("/conversations/").content.decode()
    room.archive(by=alice)
    shown = as_bob.get("/conversations/").content.decode()
    assert shown.index("<details") < shown.index("Garden") < shown.index("</details>")
    header = as_bob.get(f"/rooms/{room.pk}/header/").content.decode()
    assert "data-archived" in header
    assert "room-here" not in header
    assert as_bob.post(f"/rooms/{room.pk}/leaving/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_what_is_said_while_a_room_is_archived_is_in_or_refused(alice: User, bob: User) -> None:
    room = room_of(alice, bob)
    said = lambda: Room.objects.get(pk=room.pk).post(author=bob, client_id=uuid.uuid4(), body="x")  # noqa: E731
    results = at_once(said, lambda: room.archive(by=alice), said)
    made = [result for result in results if isinstance(result, Message)]
    assert len(made) + sum(isinstance(result, Archived) for result in results) == 2
    room.refresh_from_db()
    assert room.last_seq == room.version == Message.objects.count() == len(made) + 1, "and the line"
