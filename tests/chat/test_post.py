"""Room.post: seq and version without gaps, one row for a client id."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from chat.models import Message, Room
from chat.models.refusals import ClientIdTaken, NotAMember
from tests.conftest import Say, Statements


def test_seq_and_version_count_without_gaps(direct: Room, alice: User, bob: User, say: Say) -> None:
    sent = [say(direct, author, f"{i}") for i, author in enumerate([alice, bob, alice])]
    assert [(message.seq, message.version) for message in sent] == [(1, 1), (2, 2), (3, 3)]
    direct.refresh_from_db()
    assert (direct.last_seq, direct.version) == (3, 3)


def test_rooms_count_for_themselves(direct: Room, alice: User, charlie: User, say: Say) -> None:
    say(direct, alice)
    assert say(Room.objects.direct(alice, charlie), alice).seq == 1


def test_the_same_client_id_again_is_the_same_message(direct: Room, alice: User, say: Say) -> None:
    client_id = uuid.uuid4()
    first = say(direct, alice, "once", client_id)
    again = say(direct, alice, "twice", client_id)
    assert again.pk == first.pk
    assert again.body == "once"
    assert say(direct, alice).seq == 2, "the refused one left no gap"


def test_two_people_may_draw_the_same_client_id(direct: Room, alice: User, bob: User, say: Say) -> None:
    client_id = uuid.uuid4()
    assert say(direct, alice, "a", client_id).pk != say(direct, bob, "b", client_id).pk


def test_a_client_id_of_another_room_is_refused(direct: Room, alice: User, charlie: User, say: Say) -> None:
    client_id = uuid.uuid4()
    say(direct, alice, "here", client_id)
    with pytest.raises(ClientIdTaken):
        say(Room.objects.direct(alice, charlie), alice, "there", client_id)


def test_a_stranger_cannot_post_even_when_a_view_forgot_to_ask(direct: Room, charlie: User, say: Say) -> None:
    with pytest.raises(NotAMember):
        say(direct, charlie)
    direct.refresh_from_db()
    assert (direct.last_seq, Message.objects.count()) == (0, 0)


def test_a_rolled_back_send_leaves_no_gap(direct: Room, alice: User, say: Say) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        say(direct, alice)
        raise ZeroDivisionError
    assert say(direct, alice).seq == 1


def test_the_author_has_read_what_they_wrote(direct: Room, alice: User, bob: User, say: Say) -> None:
    say(direct, alice)
    memberships = {membership.user_id: membership for membership in direct.memberships.select_related("room")}
    assert memberships[alice.pk].unread == 0
    assert memberships[bob.pk].unread == 1


def test_a_send_is_three_statements_and_one_publish(
    direct: Room, alice: User, say: Say, statements: Statements, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    published: list[str] = []
    monkeypatch.setattr("chatpoc.live.publishing._send", lambda topic, _message: published.append(topic))
    with django_capture_on_commit_callbacks(execute=True):
        say(direct, alice)
    assert len(statements.seen) == 3, statements.seen
    assert published == [f"room:{direct.pk}"]


def test_nothing_is_published_before_the_commit_or_after_a_rollback(
    direct: Room,
    alice: User,
    say: Say,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    published: list[str] = []
    monkeypatch.setattr("chatpoc.live.publishing._send", lambda topic, _message: published.append(topic))
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        say(direct, alice)
        assert published == []
        raise ZeroDivisionError
    assert published == []


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("one_message_per_place", {"seq": 1}),
        ("one_change_per_version", {"version": 1}),
        ("message_seq_starts_at_one", {"seq": 0}),
        ("message_says_something", {"body": ""}),
        ("message_body_is_bounded", {"body": "x" * 10_001}),
    ],
)
def test_the_database_refuses_what_must_never_happen(
    direct: Room, alice: User, say: Say, constraint: str, change: dict[str, Any]
) -> None:
    say(direct, alice)
    fields = {"seq": 2, "version": 2, "body": "fine", "client_id": uuid.uuid4()} | change
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Message.objects.create(room=direct, author=alice, **fields)
    assert constraint in str(refused.value) or all(field in str(refused.value) for field in change)


def test_a_body_of_exactly_the_limit_fits(direct: Room, alice: User, say: Say) -> None:
    assert len(say(direct, alice, "ż" * 10_000).body) == 10_000


def test_who_speaks_in_a_room_that_was_deleted_a_moment_ago_is_told(direct: Room, alice: User, say: Say) -> None:
    Room.objects.get(pk=direct.pk).delete()
    with pytest.raises(NotAMember):
        say(direct, alice)
