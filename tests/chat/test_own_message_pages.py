"""The pages and answers for one's own messages, and what of a deleted one nobody may see any more."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.models import Message, Room
from chat.models.message import RESTORABLE
from tests.chat.own import HX, SECRET, url
from tests.conftest import Say, signed_in

pytestmark = pytest.mark.once


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
