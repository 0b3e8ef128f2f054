"""`manage.py seed`: the same again for the same seed, nothing twice, and like a chat that people use."""

import itertools
import statistics
import threading
import uuid
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F, Max
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from chat.management.commands import seed as command
from chat.models import Membership, Message, Room
from chat.seeding import sowing, writing
from chat.seeding.plan import Plan, ids_of
from chat.seeding.progress import Progress
from chatpoc.live import capture
from tests.conftest import Say

pytestmark = pytest.mark.django_db

UNTIL = "2026-03-01T12:00"
SMALL = {"people": 12, "rooms": 4, "messages": 500, "days": 30, "locale": "all", "until": UNTIL}
USED = {"people": 40, "rooms": 14, "messages": 6000, "days": 60, "until": UNTIL}


def seed(**options: Any) -> str:
    out = StringIO()
    call_command("seed", stdout=out, **options)
    return out.getvalue()


def rows() -> dict[str, list[Any]]:
    """Everything that was made, without ids."""
    room = [f"room__{field}" for field in ("kind", "name", "created_at")]
    columns = {
        User: ["handle", "email", "name", "plain_name", "bio", "time_zone", "password", "created_at"],
        EmailAddress: ["user__handle", "email", "verified", "primary"],
        Room: ["kind", "name", "subject", "created_at", "last_seq", "version", "last_at"],
        Membership: [*room, "user__handle", "role", "read_seq", "seen_seq", "seen_at", "joined_at"],
        Message: [*room, "author__handle", "seq", "version", "client_id", "body", "created_at", "edited_at", "deleted_at"],
    }  # fmt: skip
    of_others = {Room: {"is_lobby": True}, Membership: {"room__is_lobby": True}}
    found = {}
    for model, fields in columns.items():
        manager: Any = model._default_manager
        kept = manager.exclude(**of_others.get(model, {"pk": None}))
        found[model.__name__] = sorted((list(row) for row in kept.values_list(*fields)), key=str)
    return found


def forget_all() -> None:
    for model in (Message, Membership, Room, EmailAddress, User):
        manager: Any = model._default_manager
        manager.all().delete()


def said() -> list[Message]:
    return list(Message.objects.order_by("room", "seq"))


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


def check_places() -> None:
    """Seq without gaps, in the order of time; each version once; marks that fit."""
    for room in Room.objects.all():
        messages = list(room.messages.order_by("seq"))
        assert [one.seq for one in messages] == list(range(1, room.last_seq + 1))
        assert [one.created_at for one in messages] == sorted(one.created_at for one in messages)
        versions = [one.version for one in messages]
        assert versions == sorted(set(versions))
        assert room.version == max(versions, default=0)
        if messages:
            assert room.last_at == messages[-1].created_at
            assert messages[0].created_at >= room.created_at
    places = Membership.objects.select_related("room")
    members = {(place.room_id, place.user_id): place for place in places}
    for author, room_id, last in Message.objects.values_list("author", "room").annotate(last=Max("seq")):
        place = members[room_id, author]
        assert last <= place.read_seq <= place.room.last_seq, "one's own messages are not unread"
        assert place.seen_seq == place.read_seq


def test_everything_fits_together() -> None:
    seed(**USED)
    check_places()
    messages = Message.objects.select_related("author", "room")
    assert all(one.author.created_at < one.created_at for one in messages), "nobody talks before they signed up"
    assert all(one.edited_at > one.created_at for one in messages if one.edited_at)
    assert Room.objects.filter(kind="direct", direct_low=None).count() == 0
    assert Room.objects.exclude(kind="direct").filter(is_lobby=False).count() == USED["rooms"]
    assert Membership.objects.filter(room__is_lobby=True).count() == USED["people"]
    unread = [place.unread for place in Membership.objects.select_related("room").filter(room__is_lobby=False)]
    assert 0.15 < sum(count > 0 for count in unread) / len(unread) < 0.6
    moderated = Membership.objects.filter(role="moderator").values("room").distinct().count()
    assert moderated == USED["rooms"], "each room but those of two has somebody who moderates it"
    entry = AuditEntry.objects.get(what="seeded")
    assert "6,000 messages" in entry.details
    key = Plan(40, 14, 6000, 60, ("en",), 1, timezone.now())
    assert ids_of(key.namespace, "room:0")(7) == uuid.uuid5(uuid.uuid5(key.namespace, "room:0"), "7").hex
    assert Message.objects.filter(client_id=ids_of(key.namespace, "room:0")(7)).exists()


def test_it_looks_like_a_chat_that_people_use() -> None:
    seed(**USED)
    messages = said()
    night = sum(not 6 <= one.created_at.hour < 22 for one in messages) / len(messages)
    weekend = sum(one.created_at.weekday() > 4 for one in messages) / len(messages)
    assert 0.005 < night < 0.12
    assert 0.02 < weekend < 0.25, "two days of seven would be 0.29"
    sizes = sorted(Room.objects.filter(last_seq__gt=0).values_list("last_seq", flat=True))
    assert sizes[-1] > 10 * statistics.median(sizes)
    talk = statistics.quantiles([Message.objects.filter(author=user).count() for user in User.objects.all()], n=10)
    assert talk[-1] > 5 * talk[4], "few say most"
    same_room = [(one, other) for one, other in itertools.pairwise(messages) if one.room_id == other.room_id]
    gaps = [(other.created_at - one.created_at).total_seconds() for one, other in same_room]
    assert statistics.median(gaps) < 120 < 10 * 120 < statistics.mean(gaps), "bursts, with silence between them"
    answered = sum(one.author_id != other.author_id for one, other in same_room) / len(same_room)
    assert 0.6 < answered < 0.95, "people answer each other, and some send two in a row"
    bodies = [one.body for one in messages]
    for mark, least in (("```", 10), ("https://", 50), ("> ", 50), ("\n- ", 10), ("\n1. ", 10), ("🎉", 5), ("**", 3)):
        assert sum(mark in body for body in bodies) > least, mark
    assert 0.005 < sum(one.edited_at is not None for one in messages) / len(messages) < 0.05
    assert 0 < sum(one.deleted_at is not None for one in messages) / len(messages) < 0.02
    assert len(set(bodies)) > len(bodies) * 0.3


def test_each_language_is_spoken_by_those_who_have_its_names() -> None:
    seed(**SMALL | {"people": 42, "rooms": 14, "messages": 2500})
    text = "".join(Message.objects.values_list("body", flat=True))
    for letters in ("のます", "الن", "żół", "üße", "éàç", "ñ¿", "the"):
        assert any(letter in text for letter in letters), letters
    zones = set(User.objects.values_list("time_zone", flat=True))
    assert {"Asia/Tokyo", "Asia/Riyadh", "Europe/Warsaw"} <= zones
    assert all(handle.isascii() for handle in User.objects.values_list("handle", flat=True))
    for user in User.objects.all():
        user.full_clean(exclude=["password"])


def test_people_sign_in_are_found_and_see_what_is_unread(client: Client) -> None:
    told = seed(**SMALL)
    email = told.partition("Sign in as ")[2].partition(",")[0]
    assert client.post("/accounts/login/", {"login": email, "password": "demo"}).status_code == 302
    person = User.objects.get(email=email)
    room = Room.objects.visible_to(person).order_by("-last_seq")[0]
    page = client.get(f"/rooms/{room.pk}/").content.decode()
    assert str(room.messages.filter(deleted_at=None).order_by("-seq")[0].client_id) in page
    assert list(User.objects.search(person.name.split()[0]).filter(pk=person.pk)) == [person]


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


def changes_after(message: Message) -> int:
    later = message.room.messages.filter(seq__gt=message.seq)
    return sum(1 for one in later if one.edited_at or one.deleted_at)


def test_a_room_that_was_archived_meanwhile_takes_nothing() -> None:
    seed(**SMALL)
    room = Room.objects.filter(is_lobby=False).order_by("-last_seq")[0]
    Room.objects.filter(pk=room.pk).update(archived_at=timezone.now())
    seed(**SMALL | {"messages": 900})
    room.refresh_from_db()
    assert room.messages.count() == room.last_seq
    assert room.messages.count() < 900 > Message.objects.count()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"people": -3}, "--people -3: give a number from 2"),
        ({"people": 1}, "--people 1: give"),
        ({"people": 4, "rooms": 21}, "4 people cannot fill 21 rooms: give at most --rooms 20, or at least --people 5"),
        ({"rooms": -1}, "--rooms -1"),
        ({"messages": -1}, "--messages -1"),
        ({"days": 0}, "--days 0"),
        ({"locale": "en,xx"}, "--locale xx is not known. There are: en, pl, de, fr, es, ja, ar, all."),
        ({"locale": ","}, "names no language"),
        ({"people": 5, "until": "yesterday"}, "--until yesterday is no moment"),
        ({"people": 5, "until": "2026-13-01"}, "is no moment"),
        ({"people": 5, "until": "2999-01-01"}, "is yet to come"),
    ],
    ids=str,
)
def test_what_cannot_be_made_is_refused_with_a_reason(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(CommandError) as refusal:
        seed(**options)
    assert complaint in str(refusal.value)
    assert not User.objects.exists()


def test_somebody_who_has_the_handle_of_one_of_them_keeps_it() -> None:
    seed(**SMALL)
    handle = User.objects.order_by("pk")[5].handle
    forget_all()
    User.objects.create_user("real@example.com", handle)
    with pytest.raises(CommandError, match=f"@{handle} is somebody else here"):
        seed(**SMALL)
    assert User.objects.count() == 1


def test_a_dry_run_says_what_it_would_make_and_writes_nothing() -> None:
    told = seed(**SMALL, dry_run=True)
    assert "12 people" in told
    assert "4 rooms" in told
    assert "500 messages from 2026-01-30 12:00 to 2026-03-01 12:00" in told
    assert not User.objects.exists()
    assert not Room.objects.exists()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({}, "add --in-production --yes-really chat.example.org"),
        ({"yes_really": "chat.example.org"}, "add --in-production"),
        ({"in_production": True}, "no name is not this site"),
        ({"in_production": True, "yes_really": "chat"}, "chat is not this site"),
    ],
    ids=str,
)
def test_in_production_it_is_refused_unless_told_twice(
    monkeypatch: pytest.MonkeyPatch, settings: Any, options: dict[str, Any], complaint: str
) -> None:
    monkeypatch.setattr(command, "PRODUCTION", True)
    settings.ALLOWED_HOSTS = ["chat.example.org", "localhost"]
    with pytest.raises(CommandError) as refusal:
        seed(**SMALL, **options)
    assert complaint in str(refusal.value)
    assert not User.objects.exists()


@pytest.mark.parametrize("typed", [True, False])
def test_in_production_nobody_can_sign_in_as_them(
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    typed: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(command, "PRODUCTION", True)
    settings.ALLOWED_HOSTS = ["chat.example.org"]
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "chat.example.org\n"

    monkeypatch.setattr("sys.stdin.isatty", lambda: typed)
    monkeypatch.setattr("builtins.input", answer)
    told = seed(**SMALL, in_production=True, yes_really=None if typed else "chat.example.org")
    assert ("Type chat.example.org to go on" in "".join(asked)) is typed
    assert "password" not in told
    assert Message.objects.count() == 500
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_without_options_it_is_the_demo() -> None:
    assert "demo people" in seed()
    assert User.objects.filter(handle="alice").exists()
    before = rows()
    assert seed() == ""
    assert rows() == before


def test_the_help_teaches_by_example() -> None:
    text = command.Command().create_parser("manage.py", "seed").format_help()
    assert "  manage.py seed --people 20   " in text, "its lines are kept"
    assert "exit status" in text


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_a_bar_on_a_terminal_and_a_line_now_and_then_elsewhere(terminal: bool) -> None:  # noqa: FBT001
    clock, told = itertools.count(0.0, 0.25), list[str]()
    progress = Progress(told.append, terminal=terminal, clock=lambda: next(clock))
    for step in range(101):
        progress("messages", step * 100, 10_000)
    progress.end()
    text = "".join(told)
    assert "400/s" in text
    assert "10,000 of 10,000" in text
    assert ("\r" in text) is ("#" * 30 in text) is terminal
    assert terminal or len(told) < 10


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
