"""What somebody said is deleted at once: everywhere, in bounded steps, and the open pages are told."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import AuditEntry, User
from chat.models import Message, Room, sweeping
from chat.models.sweeping import take_down_of
from tests.chat.rooms import room_of
from tests.conftest import Say, make_person

DAY = timedelta(days=1)


@pytest.fixture
def staff(db: None) -> User:
    person = make_person("dora", "Dora", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="delete_message"))
    return person


def sweep(person: User, staff: User, since: timedelta | None = DAY) -> int:
    return take_down_of(person, since=timezone.now() - since if since else None, by=staff, because=" advertising ")


def bodies(room: Room) -> list[str]:
    return [message.body if not message.deleted_at else "–" for message in room.messages.order_by("seq")]


def test_all_of_the_last_day_goes_in_every_room_and_nothing_else(
    staff: User, alice: User, bob: User, direct: Room, say: Say
) -> None:
    room, archived = room_of(alice, bob), room_of(alice, bob)
    old = say(room, bob, "old")
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - 2 * DAY)
    own = say(room, bob, "deleted by himself")
    own.delete_by(bob)
    for number in range(3):
        say(room, bob, f"spam {number}")
        say(room, alice, f"answer {number}")
    say(direct, bob, "psst")
    say(archived, bob, "spam")
    archived.archive(by=alice)
    before = Room.objects.get(pk=room.pk).version

    assert sweep(bob, staff) == 5
    assert bodies(room) == ["old", "–", "–", "answer 0", "–", "answer 1", "–", "answer 2"]
    assert (bodies(direct), bodies(archived)) == (["–"], ["–", ""]), "the line that it was archived stays"
    versions = room.messages.filter(deleted_by=staff).order_by("seq").values_list("version", flat=True)
    assert list(versions) == [before + 1, before + 2, before + 3]
    room.refresh_from_db()
    assert room.version == before + 3
    own.refresh_from_db()
    assert (own.deleted_by, own.deleted_because) == (None, ""), "what he deleted himself is his to bring back"
    assert set(Message.objects.filter(deleted_by=staff).values_list("deleted_because", flat=True)) == {"advertising"}
    noted = AuditEntry.objects.get(what="deleted")
    assert (noted.by, noted.person, noted.thing, noted.reason) == (staff, bob, "5 messages", "advertising")

    assert sweep(bob, staff) == 0
    assert AuditEntry.objects.filter(what="deleted").count() == 1
    assert sweep(bob, staff, None) == 1
    assert bodies(room)[0] == "–"
    stored = room.messages.get(seq=3)
    assert stored.put_back(by=staff), "one by one they can be restored"


@pytest.mark.parametrize("said", [2, 30])
def test_the_open_pages_are_told_few_by_few_or_to_fetch(
    staff: User, alice: User, bob: User, published: list[dict[str, Any]], said: int, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:  # fmt: skip
    """A page that was told of version 40, and has 10, fetches what is between."""
    monkeypatch.setattr(sweeping, "BATCH", 25)
    room = room_of(alice, bob)
    fill(room, bob, said)
    published.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(bob, staff) == said
    frames = [frame for frame in published if "data-deleted" in str(frame)]
    room.refresh_from_db()
    assert len(frames) == (2 if said == 2 else 1 + 5)
    assert json.loads(frames[-1]["text"])["version"] == str(room.version)
    assert "spam" not in str(published)


def test_who_may_not_does_not(staff: User, alice: User, bob: User, say: Say) -> None:
    room = room_of(alice, bob)
    say(room, bob, "kept")
    root = User.objects.create_superuser("root@example.com", "root")
    room.join(root)
    say(room, root, "kept")
    other = make_person("emil", "Emil", is_staff=True)
    for person, by in [(bob, alice), (bob, other), (root, staff), (bob, bob)]:
        with pytest.raises(PermissionDenied):
            sweep(person, by)
    assert bodies(room) == ["kept", "kept"]
    assert not AuditEntry.objects.exists()
    bob.erase()
    assert sweep(User.objects.get(pk=bob.pk), staff) == 1, "also of whose account is gone"


def test_an_error_on_the_way_leaves_what_was_done_and_notes_it(
    staff: User, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 4)
    room = room_of(alice, bob)
    fill(room, bob, 10)
    take, taken = Room.take_versions_in_transaction, []

    def fail_at_last(self: Room, count: int) -> int:
        taken.append(count)
        if len(taken) > 2:
            raise ConnectionError
        return take(self, count)

    monkeypatch.setattr(Room, "take_versions_in_transaction", fail_at_last)
    with pytest.raises(ConnectionError):
        sweep(bob, staff)
    assert bodies(room).count("–") == 8
    assert AuditEntry.objects.get().thing == "8 messages"
    monkeypatch.undo()
    assert sweep(bob, staff) == 2


def fill(room: Room, author: User, count: int) -> None:
    """Without a push for each."""
    seqs = range(1, count + 1)
    Message.objects.bulk_create(
        Message(room=room, author=author, client_id=uuid.uuid4(), body=f"spam {n}", seq=n, version=n) for n in seqs
    )
    Room.objects.filter(pk=room.pk).update(last_seq=count, version=count)
