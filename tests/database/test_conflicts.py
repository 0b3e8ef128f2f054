"""Two transactions in each other's way: PostgreSQL rolls one of them back, and it is done once more, whole and once."""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import cycle

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import User
from chat.models import Membership, Message, Room
from chatpoc.database import TRIES
from tests.chat.rooms import room_of
from tests.chat.test_locks import Meanwhile
from tests.conftest import Say

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer, who is in nobody's way"),
]

Fail = Callable[..., None]


@pytest.fixture
def fail(transactional_db: None) -> Iterator[Fail]:
    """The database rolls the first writes to a table back: `fail("chat_message", "40001", times=2)`."""
    made: list[str] = []

    def begin(table: str, code: str, *, times: int) -> None:
        made.append(table)
        with connection.cursor() as cursor:
            # What a sequence counted stays counted, also where the rest is rolled back.
            cursor.execute("CREATE SEQUENCE failed")
            cursor.execute(
                f"""CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF nextval('failed') <= {times} THEN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{code}'; END IF;
                    RETURN coalesce(new, old); END $$"""
            )
            cursor.execute(
                f"CREATE TRIGGER fail BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION fail()"
            )

    yield begin
    with connection.cursor() as cursor:
        for table in made:
            cursor.execute(f"DROP TRIGGER fail ON {table}; DROP FUNCTION fail; DROP SEQUENCE failed")


def failed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM failed")
        return int(cursor.fetchone()[0])


class Chat:
    """What the verbs below are about."""

    def __init__(self, alice: User, bob: User, charlie: User) -> None:
        self.alice, self.bob, self.charlie = alice, bob, charlie
        self.room = room_of(alice, bob, kind="open")
        self.said = self.room.post(author=alice, client_id=uuid.uuid4(), body="said")
        self.deleted = self.room.post(author=alice, client_id=uuid.uuid4(), body="deleted")
        self.deleted.delete_by(alice)

    def membership(self) -> Membership:
        return Membership.objects.select_related("room").get(room=self.room, user=self.bob)


VERBS: dict[str, tuple[str, Callable[[Chat], object], Callable[[Chat], object]]] = {  # table, verb, what is true afterwards
    "post": (
        "chat_message",
        lambda on: on.room.post(author=on.bob, client_id=uuid.UUID(int=7), body="new"),
        lambda on: on.room.messages.filter(seq=3, client_id=uuid.UUID(int=7)).exists(),
    ),
    "post, at its end": (
        "chat_membership",
        lambda on: on.room.post(author=on.bob, client_id=uuid.UUID(int=7), body="new"),
        lambda on: on.membership().read_seq == 3,
    ),
    "edit": (
        "chat_message",
        lambda on: on.said.edit_by(on.alice, body="edited"),
        lambda on: Message.objects.get(pk=on.said.pk).body == "edited",
    ),
    "delete": (
        "chat_message",
        lambda on: on.said.delete_by(on.alice),
        lambda on: Message.objects.get(pk=on.said.pk).deleted_at,
    ),
    "restore": (
        "chat_message",
        lambda on: on.deleted.restore_by(on.alice),
        lambda on: not Message.objects.get(pk=on.deleted.pk).deleted_at,
    ),
    "archive": (
        "chat_room",
        lambda on: on.room.archive(by=on.alice),
        lambda on: Room.objects.get(pk=on.room.pk).archived_at,
    ),
    "change": (
        "chat_room",
        lambda on: on.room.change(by=on.alice, name="Bees", subject="", kind="open"),
        lambda on: Room.objects.get(pk=on.room.pk).name == "Bees",
    ),
    "enter": (
        "chat_membership",
        lambda on: on.room.enter(on.charlie),
        lambda on: on.room.members.filter(pk=on.charlie.pk).exists(),
    ),
    "invite": (
        "chat_membership",
        lambda on: on.room.invite(by=on.alice, people=[on.charlie]),
        lambda on: on.room.members.filter(pk=on.charlie.pk).exists(),
    ),
    "leave": (
        "chat_membership",
        lambda on: on.room.leave(on.bob),
        lambda on: not on.room.members.filter(pk=on.bob.pk).exists(),
    ),
    "remove": (
        "chat_membership",
        lambda on: on.room.remove(by=on.alice, person=on.bob),
        lambda on: not on.room.members.filter(pk=on.bob.pk).exists(),
    ),
    "give a role": (
        "chat_membership",
        lambda on: on.membership().make("moderator", by=on.alice),
        lambda on: on.membership().role == "moderator",
    ),
    "open": (
        "chat_membership",
        lambda on: Room.objects.open_by(on.bob, kind="closed", name="Attic"),
        lambda on: Room.objects.filter(name="Attic", memberships__user=on.bob).count() == 1,
    ),
    "write to each other": (
        "chat_membership",
        lambda on: Room.objects.direct(on.bob, on.charlie),
        lambda on: Membership.objects.filter(room__kind="direct").count() == 2,
    ),
    "erase": (
        "accounts_user",
        lambda on: on.bob.erase(),
        lambda on: User.objects.get(pk=on.bob.pk).deleted_at,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "code"), list(zip(VERBS, cycle(["40P01", "40001"]), strict=False)))
def test_what_was_rolled_back_is_done_once_more(
    alice: User, bob: User, charlie: User, fail: Fail, name: str, code: str
) -> None:
    chat = Chat(alice, bob, charlie)
    table, verb, is_done = VERBS[name]
    fail(table, code, times=2)
    verb(chat)
    assert failed() >= 3, "twice in vain"
    assert is_done(chat)
    room = Room.objects.get(pk=chat.room.pk)
    assert [one.seq for one in room.messages.order_by("seq")] == list(range(1, room.last_seq + 1)), "no gap"


def test_it_is_not_tried_for_ever_and_nothing_else_is_tried_again(direct: Room, alice: User, fail: Fail) -> None:
    fail("chat_message", "40001", times=1000)
    with pytest.raises(OperationalError):
        direct.post(author=alice, client_id=uuid.uuid4(), body="never")
    assert failed() == TRIES
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE failed RESTART")
        cursor.execute("ALTER TABLE chat_message DISABLE TRIGGER fail")
    Message.objects.all().delete()


def test_a_full_disk_is_not_tried_again(direct: Room, alice: User, fail: Fail) -> None:
    fail("chat_message", "53100", times=1000)
    with pytest.raises(OperationalError):
        direct.post(author=alice, client_id=uuid.uuid4(), body="never")
    assert failed() == 1


def test_inside_another_transaction_it_is_that_one_s_to_try_again(direct: Room, alice: User, fail: Fail) -> None:
    fail("chat_message", "40001", times=1)
    with pytest.raises(OperationalError), transaction.atomic():
        direct.post(author=alice, client_id=uuid.uuid4(), body="never")
    assert failed() == 1


def test_a_send_that_lost_a_real_deadlock_goes_through(
    direct: Room, alice: User, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other session takes the same rows in the other order."""
    take, tries = Room.take_place_in_transaction, list[object]()

    def counted(room: Room, now: datetime) -> tuple[int, int]:
        tries.append(now)
        return take(room, now)

    def send() -> None:
        """It is the one that finds out, and is told to go; and not before the other waits, too."""
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '3s'")
        try:
            say(direct, alice, "in the way")
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET deadlock_timeout")

    monkeypatch.setattr(Room, "take_place_in_transaction", counted)
    fields = connection.settings_dict
    with psycopg.connect(host=fields["HOST"], port=fields["PORT"], user=fields["USER"], dbname=fields["NAME"]) as other:
        other.execute("SET LOCAL deadlock_timeout = '60s'")
        other.execute("UPDATE chat_membership SET read_seq = read_seq WHERE user_id = %s", [alice.pk])
        sending = Meanwhile(send)  # it holds the room, and waits for the membership
        other.execute("UPDATE chat_room SET name = name WHERE id = %s", [direct.pk])
        other.commit()
        assert sending.done() == []
    assert len(tries) >= 2, "it was rolled back; and once more, if it was back before the other had moved"
    assert [(one.seq, one.body) for one in direct.messages.all()] == [(1, "in the way")]
