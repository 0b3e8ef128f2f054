"""What waits for each other in the database: nobody for ever, and who comes second finds what the first did."""

import threading
import time
import uuid
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts.models import User
from chat.marks import put_back, read_everything, see
from chat.models import Membership, Room
from chat.models.refusals import NotAMember
from tests.chat.rooms import room_of
from tests.conftest import Say

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer, who waits for nobody"),
]


class Meanwhile:
    """Work on a connection of its own, in a thread, which has begun and waits for a lock of ours."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.failures: list[Exception] = []
        self.work = work
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        self._until_it_waits()

    def _run(self) -> None:
        try:
            self.work()
        except Exception as failure:  # noqa: BLE001  (whatever the database raises)
            self.failures.append(failure)
        finally:
            connection.close()

    def _until_it_waits(self) -> None:
        for _ in range(500):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                if cursor.fetchone()[0]:
                    return
            time.sleep(0.01)
        raise AssertionError("it waits for nothing")

    def done(self) -> list[Exception]:
        self.thread.join(20)
        assert not self.thread.is_alive()
        return self.failures


def read(room: Room, person: User) -> int:
    return Membership.objects.get(room=room, user=person).read_seq


def test_what_is_put_back_while_it_is_seen_stays_unread(direct: Room, alice: User, bob: User, say: Say) -> None:
    for number in range(4):
        say(direct, alice, str(number))
    see(bob, direct.pk, 4, known=0)
    put_back(bob, direct, 4)
    with transaction.atomic():
        put_back(bob, direct, 2)
        seen = Meanwhile(lambda: see(bob, direct.pk, 4, known=3))
    assert seen.done() == []
    assert read(direct, bob) == 1


def test_reading_everything_does_not_put_back_what_was_read_meanwhile(
    direct: Room, alice: User, bob: User, say: Say
) -> None:
    say(direct, alice, "one")
    with transaction.atomic():
        direct.post(author=bob, client_id=uuid.uuid4(), body="two")
        reading = Meanwhile(lambda: read_everything(bob))
    assert reading.done() == []
    assert read(direct, bob) == 2


def test_who_erases_their_account_while_they_send_waits_for_the_message(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = room_of(alice, bob)
    with transaction.atomic():
        room.post(author=bob, client_id=uuid.uuid4(), body="last words")
        erasing = Meanwhile(lambda: User.objects.get(pk=bob.pk).erase())
    assert erasing.done() == []
    assert not Membership.objects.filter(user=bob).exists()
    with pytest.raises(NotAMember):
        room.post(author=bob, client_id=uuid.uuid4(), body="more")


def test_two_who_erase_their_accounts_leave_their_rooms_in_one_order(alice: User, bob: User) -> None:
    rooms = [room_of(alice, bob, name=name) for name in ("One", "Two", "Three")]
    Room.objects.filter(pk=rooms[0].pk).update(name="One, moved")  # its row is the last one in the table now
    with transaction.atomic():
        Room.objects.select_for_update().get(pk=rooms[0].pk)
        erasing = Meanwhile(bob.erase)
        Room.objects.select_for_update(nowait=True).get(pk=rooms[2].pk)
    assert erasing.done() == []
