"""Retention: what is old goes for good, in bits, beside a running server; seq, version, marks and open pages stay right."""

import re
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from chat import purging
from chat.marks import put_back
from chat.models import Complaint, HeldMessage, Membership, Message, Report, Room
from chat.models.refusals import NotAllowed
from chat.purging import messages as purging_messages
from tests.chat.rooms import HX, room_of
from tests.commands import manage
from tests.conftest import Say, Statements
from tests.long_room import say_many

LENGTH, OLD = 120, 90


@pytest.fixture(autouse=True)
def _in_small_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging_messages, "AT_ONCE", 20)
    monkeypatch.setattr("chat.purging.forgetting.AT_ONCE", 2)
    monkeypatch.setattr("chatpoc.batches.LEAST", 0)


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    """Of 120 messages the first 90 are old. Bob has read 30."""
    room = room_of(alice, bob)
    say_many(room, [alice, bob], LENGTH)
    age(room.messages.filter(seq__lte=OLD))
    Membership.objects.filter(user=bob, room=room).update(read_seq=30)
    return room


def age(messages: Any, days: int = 100) -> None:
    messages.update(created_at=timezone.now() - timedelta(days=days))


def seqs(room: Room) -> list[int]:
    return list(room.messages.order_by("seq").values_list("seq", flat=True))


def purge(*options: str) -> str:
    ran = manage("purge", "--older-than", "90d", *options)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_without_yes_it_only_counts(room: Room, direct: Room, alice: User, say: Say) -> None:
    say(direct, alice)
    before = Room.objects.values("version", "purged_seq").get(pk=room.pk)
    told = purge()
    assert f"90  room {room.pk}, Garden\n" in told
    assert "90  messages in 1 rooms would go" in told
    assert "Nothing was deleted" in told
    assert seqs(room) == list(range(1, LENGTH + 1))
    assert Room.objects.values("version", "purged_seq").get(pk=room.pk) == before
    assert not AuditEntry.objects.exists()


def test_the_old_goes_and_what_is_left_is_as_it_was(
    room: Room, direct: Room, alice: User, bob: User, as_bob: Client, say: Say
) -> None:
    say(direct, bob, "young")
    assert "90  messages in 1 rooms are deleted" in purge("--yes")
    assert seqs(room) == list(range(OLD + 1, LENGTH + 1))
    assert direct.messages.count() == 1
    room.refresh_from_db()
    assert (room.last_seq, room.version, room.purged_seq, room.purged_version) == (LENGTH, LENGTH + 1, OLD, LENGTH + 1)
    entry = AuditEntry.objects.get()
    assert (entry.what, entry.by, entry.room_number, entry.thing) == ("purged", None, room.pk, f"up to message {OLD}")
    assert entry.details.startswith("90 messages said before ")
    # nobody has more unread than is left, nor can
    place = Membership.objects.select_related("room").get(user=bob, room=room)
    assert place.unread == LENGTH - OLD
    put_back(bob, room, 5)
    place.refresh_from_db()
    assert place.unread == LENGTH - OLD
    # history begins there
    page = as_bob.get(f"/rooms/{room.pk}/messages/?before={OLD + 20}", headers=HX).content.decode()
    assert "Older messages are not kept." in page
    assert "?before=" not in page
    assert f'data-seq="{OLD + 1}"' in page
    assert as_bob.get(f"/rooms/{room.pk}/messages/{OLD}/").status_code == 404
    assert as_bob.get(f"/rooms/{room.pk}/messages/{OLD + 1}/").status_code == 200
    assert as_bob.get(f"/rooms/{room.pk}/messages/{OLD}/text/").status_code == 404
    assert say(room, bob).seq == LENGTH + 1
    assert "0  messages in 0 rooms are deleted" in purge("--yes")
    assert AuditEntry.objects.count() == 1


def test_a_room_of_which_all_is_old_says_so_and_goes_on(room: Room, alice: User, as_bob: Client, say: Say) -> None:
    age(room.messages)
    purge("--yes")
    assert seqs(room) == []
    for query in ("", "?before=40", "?after=0", f"?around={LENGTH}"):
        page = as_bob.get(f"/rooms/{room.pk}/{query}").content.decode()
        assert "Older messages are not kept." in page
        assert 'class="edge' not in page
    assert Membership.objects.select_related("room").get(user=alice, room=room).unread == 0
    assert say(room, alice).seq == LENGTH + 1


@pytest.mark.parametrize("at", ["", "&at=10", f"&at={LENGTH - 10}"])
def test_a_page_from_before_starts_again_and_shows_nothing_of_it(room: Room, as_bob: Client, at: str) -> None:
    page = f"/rooms/{room.pk}/messages/?since="
    assert as_bob.get(f"{page}{LENGTH}", headers=HX).status_code == 304
    purge("--yes")
    answer = as_bob.get(f"{page}{LENGTH}{at}", headers=HX)
    assert (answer.status_code, answer["HX-Retarget"]) == (200, f"#log-{room.pk}")
    assert 'data-seq="91"' in answer.content.decode()
    assert 'data-seq="90"' not in answer.content.decode()
    assert as_bob.get(f"{page}{LENGTH + 1}", headers=HX).status_code == 304


def test_open_pages_and_lists_are_told_once_and_nobody_else(
    room: Room, published: list[dict[str, Any]], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        purge("--yes")
    assert sorted(frame["tag"] for frame in published) == [f"activity:{room.pk}", f"room:{room.pk}"]
    assert {frame["topic"] for frame in published} == {f"room:{room.pk}"}


@pytest.mark.parametrize("query", ["?after=100", "?before=110", "?around=105", "?since=121", ""])
def test_history_is_still_flat_at_any_depth(room: Room, as_bob: Client, statements: Statements, query: str) -> None:
    """Of two lower bounds SQLite seeks by the first, and reads on from there."""
    purge("--yes")
    statements.seen.clear()
    assert as_bob.get(f"/rooms/{room.pk}/messages/{query}", headers=HX).status_code in {200, 304}
    for sql in statements.seen:
        assert len(re.findall(r'"chat_message"\."(?:seq|version)" >', sql)) <= 1, sql


def test_interrupted_it_shows_nobody_the_rest_and_goes_on_the_next_time(
    room: Room, as_bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = iter([None, None])

    def stop_in_the_third(_pause: float) -> None:
        if next(batches, "stop") == "stop":
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", stop_in_the_third)
    ran = manage("purge", "--older-than", "90d", "--yes")
    monkeypatch.undo()
    assert ran.code == 1
    assert "Interrupted: 60 messages are deleted." in ran.err
    assert seqs(room)[0] == 61
    assert 'data-seq="90"' not in as_bob.get(f"/rooms/{room.pk}/?after=0").content.decode()
    assert as_bob.get(f"/rooms/{room.pk}/messages/80/").status_code == 404
    assert "30  room" in purge()
    purge("--yes")
    assert seqs(room)[0] == 91
    assert AuditEntry.objects.count() == 1


def test_of_a_clock_that_was_wrong_the_beginning_is_what_goes(room: Room) -> None:
    """Never a hole in the middle: what stands after something young stays."""
    room.messages.filter(seq=11).update(created_at=timezone.now())
    purge("--yes")
    assert seqs(room) == list(range(11, LENGTH + 1))


def test_reports_keep_what_they_quote_and_get_in_nobody_s_way(room: Room, alice: User, bob: User) -> None:
    told = [room.messages.get(seq=seq) for seq in (2, 5, 8, 100)]
    for message in told:
        Report.objects.create(person=bob, message=message, body=message.body)
    Report.objects.create(person=bob)
    purge("--yes")
    assert sorted(Report.objects.values_list("body", "message")) == [
        ("", None), (told[3].body, told[3].pk), *sorted((message.body, None) for message in told[:3]),
    ]  # fmt: skip


def test_only_a_report_refers_to_a_message() -> None:
    """What else does is in the way of purge(), which deletes without asking Django for whatever hangs on a row."""
    assert [related.related_model for related in Message._meta.related_objects] == [Report]


def test_rooms_and_kinds_are_chosen(room: Room, direct: Room, alice: User, say: Say) -> None:
    say(direct, alice)
    age(direct.messages)
    purge("--yes", "--kind", "direct")
    assert (len(seqs(room)), len(seqs(direct))) == (LENGTH, 0)
    purge("--yes", "--room", "garden")
    assert len(seqs(room)) == LENGTH - OLD


def test_its_batches_lock_no_room_and_read_no_message(room: Room, statements: Statements) -> None:
    part = next(purging.what_goes(Room.objects.filter(pk=room.pk), timezone.now() - timedelta(days=90)))
    steps: Iterator[int] = purging.purge(part, timezone.now())
    next(steps)
    statements.seen.clear()
    assert list(steps) == [20, 20, 20, 10]
    assert {sql.split()[0] for sql in statements.seen} == {"UPDATE", "DELETE"}
    assert not [sql for sql in statements.seen if "chat_room" in sql]


def test_the_text_of_what_is_deleted_goes_for_good(room: Room, alice: User, bob: User) -> None:
    old, young, own = (room.messages.get(seq=seq) for seq in (1, 100, 2))
    old.take_down(by=alice, because="spam")
    young.take_down(by=alice)
    own.delete_by(own.author)
    room.messages.filter(seq__in=[1, 2]).update(deleted_at=timezone.now() - timedelta(days=91))
    assert "2  texts of deleted messages would go" in purge("--deleted")
    purge("--deleted", "--yes")
    assert list(room.messages.filter(body="").values_list("seq", flat=True)) == [1, 2]
    with pytest.raises(NotAllowed, match="for good"):
        old.put_back(by=alice)
    assert young.put_back(by=alice)
    assert room.messages.count() == LENGTH
    assert AuditEntry.objects.filter(what="purged", details__startswith="2 from before").exists()


def test_who_changes_what_goes_at_that_moment_is_told(room: Room) -> None:
    """The author's page asked before, and the row is gone when its turn comes."""
    message = room.messages.get(seq=2)
    purge("--yes")
    with pytest.raises(NotAllowed, match="no longer there"):
        message.edit_by(message.author, body="x")
    with pytest.raises(NotAllowed, match="no longer there"):
        message.delete_by(message.author)


def test_what_else_grows_old(room: Room, alice: User, bob: User, as_bob: Client) -> None:
    old, now = timezone.now() - timedelta(days=91), timezone.now()
    for at in (old, old, old, now):
        AuditEntry.objects.create(what="removed", at=at)
        UserSession.objects.create(user=bob, session_key=uuid.uuid4().hex, ip="::1", user_agent="-", last_seen_at=at)
    Session.objects.create(
        session_key=UserSession.objects.earliest("pk").session_key,
        session_data="-",
        expire_date=now + timedelta(days=9),
    )
    for resolved in (None, old, now):
        report = Report.objects.create(
            person=bob, body="x", state="resolved" if resolved else "open", resolved_at=resolved
        )
        Complaint.objects.create(report=report, by=alice, reason="spam")
    for state, decided in (("waiting", None), ("refused", old), ("released", now)):
        HeldMessage.objects.create(room=room, author=bob, body="x", found="x", state=state, decided_at=decided)
    everything = ("--audit", "--sessions", "--reports", "--held")
    assert [int(line.split()[0]) for line in purge(*everything).splitlines()[1:-1]] == [3, 3, 1, 1]
    purge(*everything, "--yes")
    assert AuditEntry.objects.exclude(what="purged").get().at == now
    assert AuditEntry.objects.filter(what="purged").count() == 4
    assert UserSession.objects.filter(user=bob, last_seen_at__lt=now).count() == 0
    assert not Session.objects.filter(session_data="-").exists()
    assert set(Report.objects.values_list("resolved_at", flat=True)) == {None, now}
    assert Complaint.objects.count() == 2
    assert set(HeldMessage.objects.values_list("state", flat=True)) == {"waiting", "released"}
    assert len(seqs(room)) == LENGTH


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--older-than"),
        (["--older-than", "90"], "is no age"),
        (["--older-than", "0d"], "is no age"),
        (["--older-than", "99999y"], "is no age"),
        (["--older-than", "1d", "--kind", "secret"], "invalid choice"),
        (["--older-than", "1d", "--room", "Nowhere"], "There is no room “Nowhere”"),
        (["--older-than", "1d", "--room", "9" * 30], "There is no room"),
        (["--older-than", "1d", "--room", "Garden", "--kind", "direct"], "None of these rooms is direct"),
        (["--older-than", "1d", "--room", "Garden", "--audit"], "--audit is of the whole chat"),
        (["--older-than", "1d", "--kind", "closed", "--messages", "--reports"], "--reports is of the whole chat"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_done(room: Room, options: list[str], said: str) -> None:
    ran = manage("purge", *options, "--yes")
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert len(seqs(room)) == LENGTH


def test_of_two_rooms_of_one_name_it_asks_which(room: Room, alice: User, bob: User) -> None:
    other = room_of(alice, bob, kind="open")
    ran = manage("purge", "--older-than", "1d", "--room", "garden")
    assert ran.code == 2
    assert f"{room.pk} (closed), {other.pk} (open)" in ran.err
