"""A moderator mutes somebody for a time: what they cannot do then, what they still can, and that leaving does not help."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from chat.models import HeldMessage, HoldRule, Membership, Message, Room
from chat.models.refusals import Silenced
from tests.chat.own import HX, url
from tests.chat.rooms import make_staff, refused, room_of
from tests.conftest import Say, Statements

HOUR = timedelta(hours=1)


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    """Alice moderates, Bob is a member."""
    return room_of(alice, bob)


@pytest.fixture
def said(room: Room, bob: User, say: Say) -> Message:
    return say(room, bob, "buy my watches")


@pytest.fixture
def until(room: Room, said: Message, alice: User, bob: User) -> datetime:
    """Bob is muted."""
    until = timezone.now() + HOUR
    room.silence(by=alice, person=bob, until=until, because="  advertising ")
    return until


def send(client: Client, room: Room, body: str = "let me speak", client_id: object = None) -> Any:
    fields = {"body": body, "client_id": str(client_id or uuid.uuid4())}
    return client.post(f"/rooms/{room.pk}/messages/", fields, headers=HX)


def test_who_is_muted_hears_until_when_and_why(room: Room, until: datetime, bob: User, as_bob: Client) -> None:
    bob.time_zone = "Asia/Tokyo"
    bob.save()
    answer = send(as_bob, room)
    when = f"{until.astimezone(tz=None):%-d %B}"
    assert answer.status_code == 403
    assert answer.content.decode().startswith("You are muted in this room until ")
    assert answer.content.decode().endswith(". Reason: advertising")
    assert f"{(until + timedelta(hours=9)).astimezone(UTC):%H:%M}." in answer.content.decode(), when
    assert room.messages.exclude(event="").count() == room.messages.count() - 1


def test_a_page_without_javascript_keeps_what_was_typed(room: Room, until: datetime, as_bob: Client) -> None:
    fields = {"body": "let me speak", "client_id": str(uuid.uuid4())}
    answer = as_bob.post(f"/rooms/{room.pk}/messages/", fields)
    assert answer.status_code == 403
    assert "let me speak</textarea>" in answer.content.decode()
    assert "You are muted in this room until" in answer.content.decode()
    assert "(UTC)" in answer.content.decode(), "his clock is not known"


def test_a_sent_message_may_be_sent_again_by_who_was_muted_meanwhile(
    room: Room, alice: User, bob: User, as_bob: Client, say: Say
) -> None:
    sent = say(room, bob)
    room.silence(by=alice, person=bob, until=timezone.now() + HOUR)
    assert send(as_bob, room, "hello", sent.client_id).status_code == 201, "only the answer was lost"


def test_muted_one_deletes_and_does_not_edit(said: Message, until: datetime, as_bob: Client) -> None:
    answer = as_bob.post(url(said, "text"), {"body": "something else"}, headers=HX)
    assert (answer.status_code, b"You are muted" in answer.content) == (403, True)
    assert as_bob.post(url(said, "deletion"), headers=HX).status_code == 200
    said.refresh_from_db()
    assert (said.body, said.deleted_at is not None) == ("buy my watches", True)


def test_a_mute_ends_by_itself_and_by_a_moderator(
    room: Room, until: datetime, alice: User, bob: User, as_bob: Client
) -> None:
    Membership.objects.filter(user=bob).update(silenced_until=timezone.now())
    assert send(as_bob, room).status_code == 201
    assert not room.unsilence(by=alice, person=bob), "it was over"
    room.silence(by=alice, person=bob, until=until)
    assert room.unsilence(by=alice, person=bob)
    assert send(as_bob, room).status_code == 201


def test_a_mute_outlasts_leaving_and_coming_back(room: Room, until: datetime, alice: User, bob: User, say: Say) -> None:
    room.change(by=alice, name="Garden", subject="", kind="open")
    room.leave(bob)
    room.enter(bob)
    with pytest.raises(Silenced):
        say(room, bob)
    room.remove(by=alice, person=bob)
    room.invite(by=alice, people=[bob])
    with pytest.raises(Silenced):
        say(room, bob)
    room.unsilence(by=alice, person=bob)
    room.leave(bob)
    room.enter(bob)
    say(room, bob)


def test_it_is_one_room_s_alone(until: datetime, direct: Room, bob: User, say: Say) -> None:
    say(direct, bob)
    say(room_of(bob, bob, name="Yard"), bob)
    assert bob.messages.count() == 3


def test_who_may_mute_whom(room: Room, said: Message, alice: User, bob: User, charlie: User) -> None:
    until = timezone.now() + HOUR
    room.join(charlie)
    assert "Only a moderator" in refused(lambda: room.silence(by=bob, person=charlie, until=until))
    assert "yourself" in refused(lambda: room.silence(by=alice, person=alice, until=until))
    assert "over already" in refused(lambda: room.silence(by=alice, person=bob, until=timezone.now()))
    room.memberships.get(user=bob).make("moderator", by=alice)
    assert "Make them a member first" in refused(lambda: room.silence(by=alice, person=bob, until=until))
    room.silence(by=make_staff("change_membership"), person=bob, until=until)
    assert "yourself" in refused(lambda: room.unsilence(by=bob, person=bob)), "moderator or not"
    assert "Only a moderator" in refused(lambda: room.unsilence(by=charlie, person=bob))
    room.leave(charlie)
    assert "have left" in refused(lambda: room.silence(by=alice, person=charlie, until=until))
    assert "have left" in refused(lambda: room.unsilence(by=alice, person=charlie))
    assert refused(lambda: room.silence(by=make_staff("change_room"), person=alice, until=until))


def test_nobody_is_muted_in_a_conversation_of_two(direct: Room, alice: User, bob: User) -> None:
    until = timezone.now() + HOUR
    assert "for its two people" in refused(lambda: direct.silence(by=alice, person=bob, until=until))
    staff = make_staff("change_membership")
    assert "for its two people" in refused(lambda: direct.silence(by=staff, person=bob, until=until))


def test_it_is_noted_until_when_and_why(room: Room, until: datetime, alice: User, bob: User) -> None:
    room.unsilence(by=alice, person=bob, because="they promised")
    notes = AuditEntry.objects.order_by("pk").values_list("what", "by", "person", "room_number", "reason", "details")
    assert list(notes) == [
        ("silenced", alice.pk, bob.pk, room.pk, "advertising", f"until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"),
        ("unsilenced", alice.pk, bob.pk, room.pk, "they promised", ""),
    ]


def test_a_send_asks_no_more_than_before(
    room: Room, until: datetime, alice: User, say: Say, statements: Statements
) -> None:
    say(room, alice)
    assert len(statements.seen) == 3, statements.seen


def test_what_would_be_held_for_review_is_refused_as_well(room: Room, until: datetime, as_bob: Client) -> None:
    HoldRule.objects.create(text="viagra", is_on=True)
    assert b"You are muted" in send(as_bob, room, "cheap viagra").content
    assert not HeldMessage.objects.exists()
