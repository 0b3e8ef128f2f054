"""Editing, deleting and restoring what one said: who may, which version it takes, and what nobody may see any more."""

import json
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.models import Message, Room
from chat.models.message import RESTORABLE, Deleted, NotTheAuthor, TooLate
from chat.models.refusals import Archived, NotAMember
from tests.conftest import Say, Statements, signed_in

HX = {"HX-Request": "true"}
SECRET = "the secret of Kraków"

Verb = Callable[[Message, User], None]
VERBS: dict[str, Verb] = {
    "edit": lambda message, by: message.edit_by(by, body="something else"),
    "delete": lambda message, by: message.delete_by(by),
    "restore": lambda message, by: message.restore_by(by),
}


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    monkeypatch.setattr("chatpoc.live.publishing._send", lambda _topic, message: frames.append(message))
    return frames


@pytest.fixture
def message(direct: Room, alice: User, say: Say) -> Message:
    """What Alice said to Bob, first of all."""
    return say(direct, alice, SECRET)


def version(room: Room) -> int:
    return int(Room.objects.get(pk=room.pk).version)


def url(message: Message, name: str) -> str:
    return f"/rooms/{message.room_id}/messages/{message.seq}/{name}/"


# Verbs


def test_each_change_takes_the_next_version_and_keeps_the_place(
    direct: Room, alice: User, bob: User, say: Say, message: Message
) -> None:
    say(direct, bob, "in between")
    message.edit_by(alice, body="edited")
    assert (message.seq, message.version, message.body) == (1, 3, "edited")
    assert message.edited_at
    message.delete_by(alice)
    assert (message.version, bool(message.deleted_at)) == (4, True)
    message.restore_by(alice)
    assert (message.version, message.deleted_at) == (5, None)
    assert say(direct, bob, "after").version == 6
    direct.refresh_from_db()
    assert (direct.version, direct.last_seq) == (6, 3)
    assert Message.objects.get(pk=message.pk).body == "edited", "restoring brings the last text"
    assert direct.memberships.get(user=bob).read_seq == 3, "and nobody's read mark moved"
    assert direct.memberships.get(user=alice).read_seq == 1


def test_what_changes_nothing_takes_no_version_and_is_not_published(
    alice: User, message: Message, published: list[dict[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        message.edit_by(alice, body=SECRET)
        message.restore_by(alice)
    assert (version(message.room), message.edited_at, published) == (1, None, [])
    message.delete_by(alice)
    deleted_at = message.deleted_at
    message.delete_by(alice)
    assert (version(message.room), message.deleted_at) == (2, deleted_at)


def test_a_copy_that_was_read_before_does_not_undo_what_another_tab_did(alice: User, message: Message) -> None:
    other_tab = Message.objects.get(pk=message.pk)
    message.delete_by(alice)
    with pytest.raises(Deleted):
        other_tab.edit_by(alice, body="too late")
    message.restore_by(alice)
    message.edit_by(alice, body="by the one")
    other_tab.edit_by(alice, body="by the other")
    assert Message.objects.get(pk=message.pk).body == "by the other", "the last one wins"
    assert version(message.room) == 5


def test_a_deletion_can_be_taken_back_for_some_minutes(alice: User, message: Message) -> None:
    message.delete_by(alice)
    Message.objects.update(deleted_at=timezone.now() - RESTORABLE + timedelta(seconds=20))
    message.restore_by(alice)
    message.delete_by(alice)
    Message.objects.update(deleted_at=timezone.now() - RESTORABLE - timedelta(seconds=1))
    with pytest.raises(TooLate):
        message.restore_by(alice)
    assert version(message.room) == 4


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_changes_what_another_said(verb: str, bob: User, charlie: User, message: Message) -> None:
    for other in (bob, charlie):
        with pytest.raises(NotTheAuthor):
            VERBS[verb](message, other)
    assert version(message.room) == 1


@pytest.mark.parametrize("verb", VERBS)
def test_a_former_member_changes_nothing_any_more(verb: str, alice: User, message: Message) -> None:
    message.room.memberships.filter(user=alice).delete()
    with pytest.raises(NotAMember):
        VERBS[verb](message, alice)
    assert version(message.room) == 1


@pytest.mark.parametrize("verb", VERBS)
def test_what_was_said_in_an_archived_room_stays_as_it_is(verb: str, alice: User, message: Message) -> None:
    Room.objects.update(
        archived_at=timezone.now()
    )  # a moment ago: the message's own copy of the room knows nothing of it
    with pytest.raises(Archived):
        VERBS[verb](message, alice)
    assert version(message.room) == 1


def test_a_change_that_is_rolled_back_leaves_no_gap_and_is_not_published(
    direct: Room,
    alice: User,
    say: Say,
    message: Message,
    published: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        message.edit_by(alice, body="never")
        assert published == []
        raise ZeroDivisionError
    assert published == []
    assert say(direct, alice).version == 2


def test_a_change_is_five_statements_and_one_publish(
    alice: User,
    message: Message,
    statements: Statements,
    published: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    statements.seen.clear()
    with django_capture_on_commit_callbacks(execute=True):
        message.edit_by(alice, body="edited")
    assert len(statements.seen) == 5, statements.seen
    (sent,) = published
    assert sent["topic"] == message.room.topic
    frame = json.loads(sent["text"])
    assert (frame["tag"], frame["version"], "stale" in frame) == (message.room.topic, "2", False)
    assert "edited" in frame["content"]


@pytest.mark.django_db(transaction=True)
def test_edits_and_sends_at_the_same_time_share_the_versions(direct: Room, alice: User, bob: User, say: Say) -> None:
    said = [say(direct, alice, f"number {i}") for i in range(4)]
    failures: list[BaseException] = []

    def work(job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001  (shown below)
            failures.append(error)
        finally:
            connection.close()

    def change(pk: int) -> None:
        for text in ("one", "two", "three"):
            Message.objects.get(pk=pk).edit_by(alice, body=text)
        Message.objects.get(pk=pk).delete_by(alice)

    def send() -> None:
        for _ in range(4):
            Room.objects.get(pk=direct.pk).post(author=bob, client_id=uuid.uuid4(), body="meanwhile")

    jobs: list[Callable[[], object]] = [*(lambda pk=message.pk: change(pk) for message in said[:3]), send, send]
    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    direct.refresh_from_db()
    assert (direct.last_seq, direct.version) == (12, 4 + 3 * 4 + 8), "each change took one, and none was left out"
    assert list(direct.messages.values_list("seq", flat=True)) == list(range(1, 13))
    versions = list(direct.messages.values_list("version", flat=True))
    assert len(set(versions)) == 12
    assert max(versions) == direct.version


# Over HTTP


def test_the_author_fetches_the_text_edits_it_and_gets_the_message_to_put_in(
    direct: Room, as_alice: Client, as_bob: Client, alice: User, say: Say
) -> None:
    message = say(direct, alice, "**bold** <b>")
    source = as_alice.get(url(message, "text"), headers=HX)
    assert source.content.decode() == "**bold** <b>"
    assert source["Content-Type"].startswith("text/plain")
    assert source["Cache-Control"] == "no-store"
    answer = as_alice.post(url(message, "text"), {"body": "*other*\r\ntext\n"}, headers=HX)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'hx-target="#messages-{direct.pk}"' in html
    assert f'id="{message.dom_id}"' in html
    assert "<em>other</em>" in html
    message.refresh_from_db()
    assert message.body == "*other*\ntext"
    assert message.edited_at
    item = html[html.index("<li") : html.rindex("</li>") + 5]
    assert f'data-edited="{message.edited_at:%Y-%m-%dT%H:%M:%S}' in item
    assert item in as_bob.get(f"/rooms/{direct.pk}/messages/?since=1", headers=HX).content.decode()
    assert item in as_bob.get(f"/rooms/{direct.pk}/").content.decode()


@pytest.mark.parametrize(
    ("body", "reason"),
    [("", "Write something first."), ("\u200b \n", "Write something first."), ("x" * 10_001, "10001 characters")],
)
def test_an_edit_has_the_limits_of_a_send(as_alice: Client, message: Message, body: str, reason: str) -> None:
    fetched = as_alice.post(url(message, "text"), {"body": body}, headers=HX)
    assert (fetched.status_code, fetched["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert reason in fetched.content.decode()
    page = as_alice.post(url(message, "text"), {"body": body})
    assert page.status_code == 422
    assert reason in page.content.decode()
    assert body.strip() in page.content.decode(), "what was typed is still there"
    assert as_alice.post(url(message, "text"), {"body": "a\0b"}, headers=HX).status_code == 422
    message.refresh_from_db()
    assert (message.body, message.version) == (SECRET, 1)


def test_without_javascript_there_is_a_page_for_each(as_alice: Client, message: Message) -> None:
    room = f"/rooms/{message.room_id}/"
    assert f'href="{room}messages/own/"' in as_alice.get(room).content.decode()
    listed = as_alice.get(f"{room}messages/own/").content.decode()
    assert url(message, "text") in listed
    assert url(message, "deletion") in listed
    assert SECRET in as_alice.get(url(message, "text")).content.decode()
    edited = as_alice.post(url(message, "text"), {"body": "by a form"})
    assert edited["Location"] == f"{room}#{message.dom_id}"
    assert "by a form" in as_alice.get(url(message, "deletion")).content.decode()
    deleted = as_alice.post(url(message, "deletion"))
    assert deleted["Location"] == url(message, "deletion")
    page = as_alice.get(deleted["Location"]).content.decode()
    assert url(message, "deletion") + "undo/" in page
    assert "by a form" not in page
    assert as_alice.get(url(message, "text"))["Location"] == url(message, "deletion")
    restored = as_alice.post(url(message, "deletion") + "undo/")
    assert restored["Location"] == f"{room}#{message.dom_id}"
    assert "by a form" in as_alice.get(room).content.decode()


@pytest.mark.parametrize("headers", [{}, HX])
@pytest.mark.parametrize("name", ["text", "deletion", "deletion/undo"])
def test_for_everyone_else_there_is_nothing_there(
    as_alice: Client, as_bob: Client, as_charlie: Client, message: Message, name: str, headers: dict[str, str]
) -> None:
    unknown = as_charlie.get("/rooms/999999/").content
    message.room.memberships.filter(user=message.author).delete()
    for client in (as_bob, as_charlie, as_alice):  # a member, a stranger, an author who is no member any more
        answers = [client.post(url(message, name), {"body": "mine now"}, headers=headers)]
        if name != "deletion/undo":
            answers.append(client.get(url(message, name), headers=headers))
        for answer in answers:
            assert answer.status_code == 404
            assert answer.content == unknown
    assert as_bob.get(f"/rooms/{message.room_id}/messages/{'9' * 18}/text/").status_code == 404
    message.refresh_from_db()
    assert (message.body, message.version) == (SECRET, 1)


def test_a_refusal_says_why_and_keeps_what_was_typed(as_alice: Client, alice: User, message: Message) -> None:
    message.delete_by(alice)
    gone = as_alice.post(url(message, "text"), {"body": "what I typed"}, headers=HX)
    assert (gone.status_code, gone["Content-Type"]) == (409, "text/plain; charset=utf-8")
    page = as_alice.post(url(message, "text"), {"body": "what I typed"})
    assert page.status_code == 409
    assert "what I typed" in page.content.decode()
    assert as_alice.get(url(message, "text"), headers=HX).status_code == 409
    Message.objects.update(deleted_at=timezone.now() - RESTORABLE * 2)
    for headers in ({}, HX):
        late = as_alice.post(url(message, "deletion") + "undo/", headers=headers)
        assert late.status_code == 409
        assert "too long ago" in late.content.decode()
    assert url(message, "deletion") + "undo/" not in as_alice.get(url(message, "deletion")).content.decode()
    Room.objects.update(archived_at=timezone.now())
    for name in ("text", "deletion", "deletion/undo"):
        answer = as_alice.post(url(message, name), {"body": "what I typed"}, headers=HX)
        assert answer.status_code == 403
        assert "archived" in answer.content.decode()


def test_no_answer_gives_away_what_was_deleted(
    direct: Room,
    as_alice: Client,
    as_bob: Client,
    alice: User,
    say: Say,
    message: Message,
    published: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    say(direct, alice, "something after")
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_alice.post(url(message, "deletion"), headers=HX).content.decode()
    room = f"/rooms/{direct.pk}/"
    again = {"body": SECRET, "client_id": str(message.client_id)}
    seen = {
        "the answer": answer,
        "the push": json.loads(published[0]["text"])["content"],
        "the catch-up": as_bob.get(f"{room}messages/?since=2", headers=HX).content.decode(),
        "a fresh start": as_bob.get(f"{room}messages/?since=99", headers=HX).content.decode(),
        "the history": as_bob.get(f"{room}messages/?before=2", headers=HX).content.decode(),
        "the page": as_bob.get(room).content.decode(),
        "the past": as_bob.get(f"{room}?before=2").content.decode(),
        "the author's page": as_alice.get(room).content.decode(),
        "the author's list": as_alice.get(f"{room}messages/own/").content.decode(),
        "its text": as_alice.get(url(message, "text"), headers=HX).content.decode(),
        "its deletion": as_alice.get(url(message, "deletion")).content.decode(),
        "an edit": as_alice.post(url(message, "text"), {"body": "x"}, headers=HX).content.decode(),
        "the same sent again": as_alice.post(f"{room}messages/", again, headers=HX).content.decode(),
        "the sidebar": as_bob.get("/conversations/", headers=HX).content.decode(),
    }
    assert not [name for name, text in seen.items() if SECRET in text or "Krak" in text]
    for name in ("the answer", "the push", "the catch-up", "a fresh start", "the history", "the page", "the past"):
        assert f'id="{message.dom_id}" class="message" data-seq="1" data-version="3"' in seen[name], name
        assert seen[name].count(" data-deleted") == 1, name
    restored = as_alice.post(url(message, "deletion") + "undo/", headers=HX).content.decode()
    assert SECRET in restored
    assert "data-deleted" not in restored


def test_the_admin_cannot_write_past_the_verbs(message: Message) -> None:
    root = signed_in(User.objects.create_superuser("root@example.com", "root"))
    path = f"/admin/chat/message/{message.pk}/"
    root.post(f"{path}change/", {"body": "by the admin"})
    root.post(f"{path}delete/", {"post": "yes"})
    root.post("/admin/chat/message/", {"action": "delete_selected", "_selected_action": [message.pk], "post": "yes"})
    assert list(Message.objects.values_list("body", "version")) == [(SECRET, 1)]
    assert 'name="body"' not in root.get(f"{path}change/").content.decode()
