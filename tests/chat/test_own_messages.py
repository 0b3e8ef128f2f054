"""Editing, deleting and restoring what one said: who may, and which version it takes."""

import json
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from chat.models import Message, Room
from chat.models.message import RESTORABLE, Deleted, NotTheAuthor, TooLate
from chat.models.refusals import Archived, NotAMember
from tests.chat.own import SECRET, VERBS
from tests.conftest import Say, Statements


def version(room: Room) -> int:
    return int(Room.objects.get(pk=room.pk).version)


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
