"""`manage.py seed` makes the same again for the same seed, nothing twice, and is in nobody's way."""

import itertools
import threading
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from chat.models import Membership, Message, Room
from chat.seeding import sowing, writing
from chatpoc.live import capture
from tests.chat.seeding import SMALL, UNTIL, changes_after, check_places, forget_all, rows, seed
from tests.conftest import Say

pytestmark = pytest.mark.django_db


def test_the_same_seed_makes_the_same_rows_and_another_seed_others() -> None:
    seed(**SMALL)
    first = rows()
    assert len(first["Message"]) == 500
    forget_all()
    seed(**SMALL)
    assert rows() == first
    forget_all()
    seed(**SMALL, random_seed=2)
    other = rows()
    assert len(other["Message"]) == 500
    mine, theirs = ({row[-4] for row in those["Message"]} for those in (first, other))
    assert not {row[0] for row in first["User"]} & {row[0] for row in other["User"]}
    assert mine != theirs


def test_again_it_adds_nothing_and_with_more_messages_only_the_rest() -> None:
    seed(**SMALL)
    before, people = rows(), User.objects.count()
    assert "nothing was added" in seed(**SMALL)
    assert rows() == before
    later = SMALL | {"messages": 900, "until": "2026-03-04T12:00"}
    seed(**later)
    assert (Message.objects.count(), User.objects.count()) == (900, people)
    assert Message.objects.values("author", "client_id").distinct().count() == 900
    kept = {str(row[5:]) for row in before["Message"]}
    assert kept <= {str(row[5:]) for row in rows()["Message"]}, "what was said is as it was"
    check_places()
    new = Message.objects.filter(created_at__gt=datetime.fromisoformat(f"{UNTIL}+00:00")).count()
    assert new == 400, "the rest is said after the first run's last moment"
    assert "nothing was added" in seed(**later)
    assert "nothing was added" in seed(**SMALL), "fewer are there already"


def test_without_a_moment_a_later_run_keeps_that_of_the_first() -> None:
    asked = {key: value for key, value in SMALL.items() if key != "until"}
    seed(**asked, verbosity=0)
    before = rows()
    User.objects.filter(handle__in=[row[0] for row in before["User"]]).update(
        created_at=F("created_at") - timedelta(days=3)
    )
    Room.objects.update(created_at=F("created_at") - timedelta(days=3))
    assert "nothing was added" in seed(**asked), "three days later"


def test_what_people_write_meanwhile_keeps_its_place(alice: User, say: Say) -> None:
    """Between two runs, as between two batches: a real person joined, wrote, and has not read what comes."""
    seed(**SMALL)
    room = Room.objects.filter(kind="open", is_lobby=False).order_by("-last_seq")[0]
    room.enter(alice)
    mine = say(room, alice, "I am real")
    seed(**SMALL | {"messages": 900, "until": "2026-03-04T12:00"})
    mine.refresh_from_db()
    room.refresh_from_db()
    assert (mine.body, mine.seq) == ("I am real", mine.version - room.version + room.last_seq + changes_after(mine))
    messages = list(room.messages.order_by("seq"))
    assert [one.seq for one in messages] == list(range(1, room.last_seq + 1))
    assert [one.created_at for one in messages] == sorted(one.created_at for one in messages), (
        "what is made up follows hers"
    )
    assert room.last_at >= mine.created_at
    assert Membership.objects.get(room=room, user=alice).read_seq == mine.seq
    assert room.last_seq > mine.seq


def test_a_room_that_was_archived_meanwhile_takes_nothing() -> None:
    seed(**SMALL)
    room = Room.objects.filter(is_lobby=False).order_by("-last_seq")[0]
    Room.objects.filter(pk=room.pk).update(archived_at=timezone.now())
    seed(**SMALL | {"messages": 900})
    room.refresh_from_db()
    assert room.messages.count() == room.last_seq
    assert room.messages.count() < 900 > Message.objects.count()


def test_what_is_broken_off_is_rolled_back_whole_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C twice, in the middle of a transaction."""
    seed(**SMALL)
    whole = rows()
    forget_all()
    monkeypatch.setattr(sowing, "BATCH", 100)
    insert, batches = writing.insert, itertools.count()

    def broken(rows: list[tuple[Any, ...]]) -> None:
        insert(rows)
        if next(batches) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(writing, "insert", broken)
    with pytest.raises(CommandError, match="goes on from here") as stopped:
        seed(**SMALL)
    assert stopped.value.returncode == 130
    assert 200 <= Message.objects.count() < 300
    check_places()
    seed(**SMALL)
    assert rows() == whole


@pytest.mark.django_db(transaction=True)
def test_who_writes_in_the_middle_of_a_batch_waits_for_it(monkeypatch: pytest.MonkeyPatch, alice: User) -> None:
    seed(**SMALL)
    room = Room.objects.filter(kind="open", is_lobby=False).order_by("-last_seq")[0]
    room.enter(alice)
    insert, posting = writing.insert, list[threading.Thread]()

    def post() -> None:
        Room.objects.get(pk=room.pk).post(author=alice, client_id=uuid.uuid4(), body="I am real")
        connection.close()

    def insert_while_she_writes(rows: list[tuple[Any, ...]]) -> None:
        posting.append(threading.Thread(target=post))
        posting[-1].start()
        posting[-1].join(0.2)
        assert posting[-1].is_alive(), "her place is after the batch"
        insert(rows)

    monkeypatch.setattr(writing, "insert", insert_while_she_writes)
    seed(**SMALL | {"messages": 900})
    for thread in posting:
        thread.join()
    assert Message.objects.filter(author=alice).count() == len(posting) == 1
    for one in Room.objects.all():
        assert list(one.messages.order_by("seq").values_list("seq", flat=True)) == list(range(1, one.last_seq + 1))


def test_only_rooms_that_somebody_may_have_open_are_told_of(
    monkeypatch: pytest.MonkeyPatch, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    seed(**SMALL)
    room = Room.objects.filter(kind="open", is_lobby=False).order_by("-last_seq")[0]
    room.enter(alice)
    told: set[str] = set()
    monkeypatch.setattr(capture, "invalidate", told.update)
    with django_capture_on_commit_callbacks(execute=True):
        seed(**SMALL | {"messages": 900, "until": "2026-03-04T12:00"})
    assert told == {f"room:{room.pk}", f"activity:{room.pk}"}
