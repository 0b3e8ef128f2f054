"""What moderators did stands as a line where members read: a message of the room that nobody said."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from chat.models import Message, Room
from chat.models.message import NotTheAuthor
from tests.chat.own import HX, url
from tests.chat.rooms import make_staff, refused, room_of
from tests.conftest import Say

pytestmark = pytest.mark.once

CHANGED = {"name": "Garden", "subject": "Beds and bees"}

Lines = list[tuple[str, int, int | None, str]]


def lines(room: Room) -> Lines:
    return list(room.messages.exclude(event="").order_by("seq").values_list("event", "author", "about", "body"))


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    """Alice moderates, Bob is a member."""
    return room_of(alice, bob)


@pytest.fixture
def line(room: Room, alice: User, bob: User) -> Message:
    room.silence(by=alice, person=bob, until=timezone.now() + timedelta(hours=1), because="too <b>loud</b>")
    return room.messages.get()


def test_each_of_what_moderators_do_leaves_a_line(room: Room, alice: User, bob: User) -> None:
    until = timezone.now() + timedelta(hours=1)
    room.silence(by=alice, person=bob, until=until, because=" loud ")
    room.unsilence(by=alice, person=bob)
    room.change(by=alice, kind="open", **CHANGED)
    room.change(by=alice, kind="closed", **CHANGED)
    room.archive(by=alice)
    room.archive(by=alice)
    room.reopen(by=alice)
    room.reopen(by=alice)
    room.remove(by=alice, person=bob, because="enough")
    assert not room.remove(by=alice, person=bob)
    assert lines(room) == [
        ("silenced", alice.pk, bob.pk, "loud"),
        ("unsilenced", alice.pk, bob.pk, ""),
        ("opened", alice.pk, None, ""),
        ("closed", alice.pk, None, ""),
        ("archived", alice.pk, None, ""),
        ("reopened", alice.pk, None, ""),
        ("removed", alice.pk, bob.pk, "enough"),
    ]
    assert [(one.seq, one.version) for one in room.messages.order_by("seq")] == [(n, n) for n in range(1, 8)]
    room.refresh_from_db()
    assert (room.last_seq, room.version) == (7, 7)


def test_what_is_not_a_moderator_s_leaves_none(room: Room, alice: User, bob: User, charlie: User) -> None:
    room.change(by=alice, kind="closed", name="Yard", subject="")
    room.invite(by=alice, people=[charlie])
    room.leave(charlie)
    room.memberships.get(user=bob).make("moderator", by=alice)
    room.leave(alice)
    assert lines(room) == []


def test_what_is_noted_of_each(room: Room, alice: User, bob: User) -> None:
    room.change(by=alice, kind="open", name="Yard", subject="Beds and bees")
    room.archive(by=alice)
    room.reopen(by=alice)
    room.memberships.get(user=bob).make("moderator", by=alice)
    room.memberships.get(user=bob).make("moderator", by=alice)
    room.remove(by=alice, person=bob, because="enough")
    notes = AuditEntry.objects.order_by("pk").values_list("what", "by", "person", "room_number", "reason", "details")
    assert list(notes) == [
        ("changed the room", alice.pk, None, room.pk, "", "name: Garden → Yard; kind: closed → open"),
        ("archived", alice.pk, None, room.pk, "", ""),
        ("reopened", alice.pk, None, room.pk, "", ""),
        ("changed a role", alice.pk, bob.pk, room.pk, "", "member → moderator"),
        ("removed", alice.pk, bob.pk, room.pk, "enough", ""),
    ]


def test_a_reason_is_cut_and_not_refused_by_the_database(room: Room, alice: User, bob: User) -> None:
    room.archive(by=alice, because="x" * 400)
    room.remove(by=alice, person=bob, because="x" * 400)
    assert {len(one[3]) for one in lines(room)} == {300}
    assert {len(note.reason) for note in AuditEntry.objects.all()} == {300}


def test_staff_need_a_permission_for_each(room: Room, alice: User, bob: User) -> None:
    rooms, members = make_staff("change_room"), make_staff("change_membership")
    bobs = room.memberships.get(user=bob)
    assert "Only a moderator" in refused(lambda: room.archive(by=members))
    assert "Only a moderator" in refused(lambda: room.change(by=members, kind="open", **CHANGED))
    assert "Only a moderator" in refused(lambda: room.remove(by=rooms, person=bob))
    assert "Only a moderator" in refused(lambda: bobs.make("moderator", by=rooms))
    room.change(by=rooms, kind="open", **CHANGED)
    room.archive(by=rooms)
    bobs.make("moderator", by=members)
    room.remove(by=members, person=alice)
    assert [one[:2] for one in lines(room)] == [("opened", rooms.pk), ("archived", rooms.pk), ("removed", members.pk)]


def test_staff_who_remove_the_only_moderator_leave_one(room: Room, alice: User, bob: User) -> None:
    room.remove(by=make_staff("change_membership"), person=alice)
    assert room.moderated_by(bob)
    note = AuditEntry.objects.get(what="changed a role")
    assert (note.by, note.person) == (None, bob)


def test_staff_name_who_moderates_the_lobby_and_take_that_back(alice: User, bob: User) -> None:
    lobby, staff = Room.objects.lobby(), make_staff("change_membership")
    place = lobby.join(alice)
    place.make("moderator", by=staff)
    lobby.join(bob)
    lobby.silence(by=alice, person=bob, until=timezone.now() + timedelta(hours=1))
    place.make("member", by=staff)
    assert not lobby.moderated_by(alice), "the lobby does without"


def test_it_comes_to_the_open_pages_as_a_message_does(
    room: Room, alice: User, bob: User, published: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        room.remove(by=alice, person=bob, because="enough")
    frames = [frame for frame in published if "data-event" in str(frame)]
    assert len(frames) == 1
    assert f"activity:{room.pk}" in str(frames), "and to everyone's list of conversations"
    assert "Bob Okafor" in str(frames)
    order = [str(frame) for frame in published]
    assert f"access:{bob.pk}" in order[0], "who is removed is in doubt before the line is sent"


def test_who_did_it_has_read_it_and_the_others_have_not(room: Room, alice: User, charlie: User, line: Message) -> None:
    room.refresh_from_db()
    room.join(charlie)
    room.archive(by=alice)
    unread = {place.user: place.unread for place in room.memberships.select_related("room", "user")}
    assert (unread[alice], unread[charlie]) == (0, 1)


def test_nobody_is_notified_of_a_line(room: Room, line: Message, as_bob: Client) -> None:
    answer = as_bob.get(f"/notifications/?rooms={room.pk}")
    assert answer.json() == {"notifications": []}


def test_nobody_edits_deletes_or_takes_down_a_line(line: Message, alice: User, as_alice: Client) -> None:
    with pytest.raises(NotTheAuthor):
        line.edit_by(alice, body="never")
    with pytest.raises(NotTheAuthor):
        line.delete_by(alice)
    assert "stays where it is" in refused(lambda: line.take_down(by=alice))
    for name in ("text", "deletion", "taking-down", "putting-back"):
        assert as_alice.post(url(line, name), {"body": "never"}, headers=HX).status_code == 404


def test_a_page_asks_once_more_however_many_lines_it_has(
    room: Room, alice: User, bob: User, charlie: User, say: Say, django_assert_num_queries: Any
) -> None:
    say(room, bob)
    with django_assert_num_queries(1):
        room.messages.newest(50)
    for person in (bob, charlie) * 3:
        room.join(person)
        room.remove(by=alice, person=person)
    with django_assert_num_queries(2):
        assert {str(one.about) for one in room.messages.newest(50) if one.event} == {str(bob), str(charlie)}
