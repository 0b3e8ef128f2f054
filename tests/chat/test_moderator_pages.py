"""The pages on which moderators delete, mute and remove, and what those see whom it is about. All without JavaScript."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.models import Membership, Message, Room
from chat.models.message import REASON_LIMIT
from tests.chat.own import HX, SECRET, url
from tests.chat.rooms import people, room_of
from tests.conftest import Say

LONG = "x" * (REASON_LIMIT + 1)


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    """Alice moderates, Bob is a member."""
    return room_of(alice, bob)


@pytest.fixture
def said(room: Room, bob: User, say: Say) -> Message:
    return say(room, bob, SECRET)


def test_a_message_is_taken_down_and_put_back_on_pages(said: Message, as_alice: Client, as_bob: Client) -> None:
    link = f'href="{url(said, "taking-down")}"'
    permalink = f"/rooms/{said.room_id}/messages/{said.seq}/"
    assert link in as_alice.get(permalink).content.decode()
    assert link not in as_bob.get(permalink).content.decode()
    assert SECRET in as_alice.get(url(said, "taking-down")).content.decode()
    answer = as_alice.post(url(said, "taking-down"), {"because": " too  <b>loud</b> "})
    assert answer["Location"] == f"/rooms/{said.room_id}/#{said.dom_id}"
    for client in (as_alice, as_bob):
        page = client.get(f"/rooms/{said.room_id}/").content.decode()
        assert 'data-deleted="moderator"' in page
        assert "too &lt;b&gt;loud&lt;/b&gt;" in page
        assert SECRET not in page
    his = as_bob.get(url(said, "deletion")).content.decode()
    assert "A moderator deleted it" in his
    assert "too &lt;b&gt;loud" in his
    assert "Undo" not in his
    assert "Put it back" in as_alice.get(url(said, "taking-down")).content.decode()
    as_alice.post(url(said, "putting-back"))
    assert SECRET in as_bob.get(f"/rooms/{said.room_id}/").content.decode()


def test_what_its_author_deleted_is_shown_to_no_moderator(said: Message, bob: User, as_alice: Client) -> None:
    said.delete_by(bob)
    page = as_alice.get(url(said, "taking-down")).content.decode()
    assert "Only they can bring it back" in page
    assert SECRET not in page
    assert as_alice.post(url(said, "putting-back")).status_code == 403
    answer = as_alice.post(url(said, "putting-back"), headers=HX)
    assert (answer.status_code, answer["Content-Type"]) == (403, "text/plain; charset=utf-8")


@pytest.mark.parametrize("path", ["messages/1/taking-down/", "people/B/removal/", "people/B/silence/"])
def test_a_reason_that_is_too_long_is_refused_and_kept(
    path: str, room: Room, said: Message, bob: User, as_alice: Client
) -> None:
    address = f"/rooms/{room.pk}/{path.replace('B', str(bob.pk))}"
    answer = as_alice.post(address, {"because": LONG, "minutes": "10"})
    assert (answer.status_code, LONG in answer.content.decode()) == (422, True)
    assert "at most 300 characters" in answer.content.decode()
    assert "All members see it." in as_alice.get(address).content.decode()
    assert room.messages.count() == 1, "nothing was done"
    if "taking-down" in path:
        fetched = as_alice.post(address, {"because": LONG}, headers=HX)
        assert (fetched.status_code, fetched["Content-Type"]) == (422, "text/plain; charset=utf-8")


def test_one_is_muted_and_gets_their_word_back_on_pages(
    room: Room, bob: User, as_alice: Client, as_bob: Client
) -> None:
    path = f"/rooms/{room.pk}/people/{bob.pk}"
    for nonsense in ({}, {"minutes": "7"}, {"minutes": "-10"}):
        answer = as_alice.post(f"{path}/silence/", nonsense | {"because": "kept"})
        assert (answer.status_code, 'value="kept"' in answer.content.decode()) == (422, True)
    assert as_alice.post(f"{path}/silence/", {"minutes": "60", "because": "loud"}).status_code == 302
    until = room.memberships.get(user=bob).silenced_until
    assert until
    assert timedelta(minutes=59) < until - timezone.now() < timedelta(minutes=61)
    assert "You are muted in this room until" in as_bob.get(f"/rooms/{room.pk}/").content.decode()
    roster = as_alice.get(f"/rooms/{room.pk}/people/").content.decode()
    assert "muted until" in roster
    assert f'action="{path}/speech/"' in roster
    assert "They are muted until" in as_alice.get(f"{path}/silence/").content.decode()
    as_alice.post(f"{path}/speech/")
    assert "You are muted" not in as_bob.get(f"/rooms/{room.pk}/").content.decode()
    assert f'href="{path}/silence/"' in as_alice.get(f"/rooms/{room.pk}/people/").content.decode()


def test_a_mute_that_is_over_is_nowhere_to_be_seen(room: Room, bob: User, as_alice: Client, as_bob: Client) -> None:
    Membership.objects.filter(user=bob).update(silenced_until=timezone.now() - timedelta(seconds=1))
    assert "muted until" not in as_alice.get(f"/rooms/{room.pk}/people/").content.decode()
    assert "You are muted" not in as_bob.get(f"/rooms/{room.pk}/").content.decode()


def test_who_is_removed_is_told_why_and_nobody_else_is(
    room: Room, bob: User, charlie: User, as_alice: Client, as_bob: Client, as_charlie: Client
) -> None:
    parting = f"/rooms/{room.pk}/parting/"
    assert as_bob.get(parting).status_code == 404, "he is in it"
    as_alice.post(f"/rooms/{room.pk}/people/{bob.pk}/removal/", {"because": "<i>enough</i>"})
    assert "bob" not in people(room)
    told = as_bob.get(parting).content.decode()
    assert "A moderator removed you," in told
    assert "&lt;i&gt;enough&lt;/i&gt;" in told
    assert "Alice" not in told, "by whom is for who is in the room"
    assert as_alice.get(parting).status_code == as_charlie.get(parting).status_code == 404
    room.join(bob)
    room.leave(bob)
    Message.objects.filter(about=bob).update(created_at=timezone.now() - timedelta(days=2))
    assert as_bob.get(parting).status_code == 404, "that was long ago"


def test_page_push_and_catch_up_show_the_same_line(room: Room, alice: User, bob: User, as_alice: Client) -> None:
    room.silence(by=alice, person=bob, until=timezone.now() + timedelta(hours=1), because="<script>")
    line = room.messages.get()
    texts = [
        as_alice.get(f"/rooms/{room.pk}/{path}").content.decode() for path in ("", "messages/?since=0", "messages/1/")
    ]
    row = next(text[text.index(f'<li id="{line.dom_id}"') :].partition("</li>")[0] for text in texts)
    assert all(row in text for text in texts)
    assert 'data-event="silenced"' in row
    assert "Bob Okafor" in row
    assert "&lt;script&gt;" in row
