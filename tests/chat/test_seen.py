"""What was seen is read, and moves forward only; what was put back to unread stays so until it is opened anew."""

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from chat.marks import put_back, read_everything, see
from chat.models import Membership, Room
from chat.seen import seen
from tests.conftest import Say, Statements


@pytest.fixture
def room(direct: Room, alice: User, say: Say) -> Room:
    """Alice said five things."""
    for i in range(5):
        say(direct, alice, f"{i}")
    direct.refresh_from_db()
    return direct


def place(room: Room, person: User) -> Membership:
    return Membership.objects.get(room=room, user=person)


def marks(room: Room, person: User) -> tuple[int, int]:
    """What is read, and what was seen."""
    return place(room, person).read_seq, place(room, person).seen_seq


def test_what_was_in_sight_is_seen_and_read(room: Room, alice: User, bob: User, charlie: User) -> None:
    before = timezone.now()
    seen(bob, {str(room.pk): [0, 3]})
    assert marks(room, bob) == (3, 3)
    at = place(room, bob).seen_at
    assert at
    assert before <= at <= timezone.now()
    seen(charlie, {str(room.pk): [0, 5]})
    assert marks(room, alice) == (5, 5), "the author's, and nobody else moved it"
    assert not Membership.objects.filter(user=charlie).exists()


def test_a_mark_never_moves_back_nor_beyond_what_was_said(room: Room, bob: User) -> None:
    see(bob, room.pk, 3, known=0)
    at = place(room, bob).seen_at
    for seq in (1, 3, 6):
        see(bob, room.pk, seq, known=3)
    assert marks(room, bob) == (3, 3)
    assert place(room, bob).seen_at == at, "nor is it seen again later"


def test_of_two_words_that_cross_the_larger_one_wins(room: Room, bob: User) -> None:
    """As if the smaller had found the row as it was, and waited for the other."""
    see(bob, room.pk, 5, known=0)
    Membership.objects.filter(room=room, user=bob).update(read_seq=5, seen_seq=F("seen_seq"))
    see(bob, room.pk, 4, known=0)
    assert marks(room, bob) == (5, 5)


def test_the_author_has_seen_what_they_said(room: Room, alice: User, bob: User, say: Say) -> None:
    message = say(room, bob)
    assert marks(room, bob) == (6, 6)
    assert place(room, bob).seen_at == message.created_at
    assert marks(room, alice) == (5, 5)


def test_a_word_that_is_said_again_after_a_reconnect_does_not_undo_mark_as_unread(room: Room, bob: User) -> None:
    see(bob, room.pk, 5, known=0)
    put_back(bob, room, 3)
    see(bob, room.pk, 5, known=5)  # this page was told that all was read
    assert marks(room, bob) == (2, 5)


def test_another_tab_that_was_open_reads_nothing_silently_and_one_that_is_opened_does(room: Room, bob: User) -> None:
    see(bob, room.pk, 5, known=0)
    put_back(bob, room, 5)
    see(bob, room.pk, 5, known=5)
    assert marks(room, bob) == (4, 5)
    see(bob, room.pk, 5, known=4)  # a page that was made after it was put back
    assert marks(room, bob) == (5, 5)


def test_a_new_message_that_is_seen_reads_what_was_put_back(room: Room, alice: User, bob: User, say: Say) -> None:
    see(bob, room.pk, 5, known=0)
    put_back(bob, room, 3)
    say(room, alice)
    see(bob, room.pk, 6, known=5)
    assert marks(room, bob) == (6, 6)


def test_two_devices_each_with_what_it_knows_end_at_the_furthest(room: Room, bob: User) -> None:
    see(bob, room.pk, 2, known=0)
    see(bob, room.pk, 5, known=2)
    see(bob, room.pk, 4, known=0)
    assert marks(room, bob) == (5, 5)
    assert Membership.objects.select_related("room").get(room=room, user=bob).unread == 0


def test_reading_everything_is_not_seeing_it(room: Room, bob: User) -> None:
    see(bob, room.pk, 2, known=0)
    read_everything(bob)
    assert marks(room, bob) == (5, 2)
    see(bob, room.pk, 5, known=5)
    assert marks(room, bob) == (5, 5), "and when it is, the others are told"


def test_who_appears_offline_reads_and_has_seen_nothing_since(room: Room, alice: User, bob: User, say: Say) -> None:
    see(bob, room.pk, 2, known=0)
    at = place(room, bob).seen_at
    User.objects.filter(pk=bob.pk).update(hidden_since=timezone.now())
    see(bob, room.pk, 5, known=2)
    assert (*marks(room, bob), place(room, bob).seen_at) == (5, 2, at)
    put_back(bob, room, 4)
    see(bob, room.pk, 5, known=5)
    assert marks(room, bob) == (3, 2), "nor is what was put back read by a word that is said again"
    see(bob, room.pk, 5, known=3)
    assert marks(room, bob) == (5, 2)


def test_a_former_member_moves_nothing(room: Room, bob: User) -> None:
    Membership.objects.filter(user=bob).delete()
    seen(bob, {str(room.pk): [0, 5]})
    assert list(Membership.objects.values_list("seen_seq", flat=True)) == [5], "Alice's own"


def test_a_word_is_one_write_whatever_the_history_and_none_when_nothing_moves(
    direct: Room, alice: User, bob: User, say: Say, statements: Statements
) -> None:
    counts = []
    for upto in (2, 100):
        for _ in range(upto):
            message = say(direct, alice)
        statements.seen.clear()
        seen(bob, {str(direct.pk): [0, message.seq]})
        counts.append(len(statements.seen))
        assert len(statements.writes) == 1
    assert counts[0] == counts[1] <= 2, statements.seen
    at = place(direct, bob).seen_at
    seen(bob, {str(direct.pk): [message.seq, message.seq]})
    assert place(direct, bob).seen_at == at
