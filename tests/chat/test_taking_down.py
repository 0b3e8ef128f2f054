"""A moderator deletes what somebody else said, and puts it back: who may, what is noted, and what its author can do then."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import AuditEntry, User
from chat.models import Message, Room
from tests.chat.own import HX, url
from tests.chat.rooms import refused, room_of
from tests.conftest import Say, make_person


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    """Alice moderates, Bob is a member."""
    return room_of(alice, bob)


@pytest.fixture
def said(room: Room, bob: User, say: Say) -> Message:
    return say(room, bob, "buy my watches")


@pytest.fixture
def staff(db: None) -> User:
    person = make_person("dora", "Dora", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="delete_message"))
    return person


def test_a_moderator_deletes_and_puts_back_with_a_version_each(alice: User, said: Message, room: Room) -> None:
    assert said.take_down(by=alice, because="  advertising ")
    stored = Message.objects.get(pk=said.pk)
    assert (stored.version, stored.deleted_by, stored.deleted_because) == (2, alice, "advertising")
    assert not said.take_down(by=alice, because="again")
    assert said.put_back(by=alice)
    stored.refresh_from_db()
    assert (stored.version, stored.deleted_at, stored.deleted_by, stored.deleted_because) == (3, None, None, "")
    assert not said.put_back(by=alice)
    notes = AuditEntry.objects.order_by("pk").values_list("what", "by", "person", "room_number", "thing", "reason")
    assert list(notes) == [
        ("deleted", alice.pk, said.author_id, room.pk, "message 1", "advertising"),
        ("restored", alice.pk, said.author_id, room.pk, "message 1", ""),
    ]


def test_every_open_page_is_told(
    alice: User, said: Message, published: list[dict[str, Any]], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        said.take_down(by=alice)
    assert "data-deleted" in str(published)
    assert "watches" not in str(published)


def test_its_author_cannot_bring_back_what_a_moderator_deleted(alice: User, said: Message, as_bob: Client) -> None:
    said.take_down(by=alice)
    answer = as_bob.post(url(said, "deletion/undo"), headers=HX)
    assert (answer.status_code, answer.content) == (403, b"A moderator deleted it, so it cannot be brought back.")
    said.refresh_from_db()
    assert said.deleted_at


def test_a_moderator_cannot_bring_back_what_its_author_deleted(alice: User, bob: User, said: Message) -> None:
    said.delete_by(bob)
    assert refused(lambda: said.put_back(by=alice)) == "Its author deleted it. Only they can bring it back."


def test_a_member_and_a_stranger_may_not(bob: User, charlie: User, alice: User, room: Room, say: Say) -> None:
    hers = say(room, alice)
    for person in (bob, charlie):
        assert refused(lambda person=person: hers.take_down(by=person))  # type: ignore[misc]
    assert not AuditEntry.objects.exists()
    assert not Message.objects.get(pk=hers.pk).deleted_at


def test_staff_with_the_permission_need_not_be_in_the_room(
    staff: User, said: Message, direct: Room, say: Say, bob: User
) -> None:
    assert said.take_down(by=staff)
    assert say(direct, bob).take_down(by=staff), "also in a direct conversation, which nobody moderates"


def test_who_is_no_staff_any_more_has_a_permission_that_counts_for_nothing(staff: User, said: Message) -> None:
    staff.is_staff = False
    staff.save()
    assert refused(lambda: said.take_down(by=User.objects.get(pk=staff.pk)))


def test_nobody_moderates_a_direct_conversation(direct: Room, alice: User, bob: User, say: Say) -> None:
    said = say(direct, bob)
    assert refused(lambda: said.take_down(by=alice)) == "A direct conversation is for its two people."
