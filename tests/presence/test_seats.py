"""The seats of one process against the database, in any order of coming, going, writing and failing."""

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.strategies import booleans, floats, integers

from presence.seats import FIRST_WORD, GRACE, RESTLESS, SETTLE, Changes, Seat, Seats

SOCKETS = integers(0, 5)


def person(socket: int) -> int:
    return socket // 2  # two tabs each


class Writing(RuleBasedStateMachine):
    """`rows` is the database: for each seat's id, whose it is, and whether it is active."""

    def __init__(self) -> None:
        super().__init__()
        self.seats, self.now = Seats(), 0.0
        self.rows: dict[object, tuple[int, bool]] = {}
        self.open: dict[int, bool] = {}  # by socket, whether it is active
        self.under_way: tuple[Changes, dict[Seat, bool]] | None = None

    @rule(socket=SOCKETS)
    def come(self, socket: int) -> None:
        if socket not in self.open:
            self.seats.take(socket, person(socket), self.now)
            self.seats.turn(socket, active=True, now=self.now)
            self.open[socket] = True

    @rule(socket=SOCKETS)
    def leave(self, socket: int) -> None:
        self.seats.leave(socket, self.now)
        self.open.pop(socket, None)

    @rule(socket=SOCKETS, active=booleans())
    def turn(self, socket: int, active: bool) -> None:  # noqa: FBT001
        self.seats.turn(socket, active=active, now=self.now)
        if socket in self.open:
            self.open[socket] = active

    @rule(seconds=floats(0.01, 6))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: not self.under_way)
    @rule()
    def begin_to_write(self) -> None:
        if changes := self.seats.changes(self.now):
            self.under_way = changes, {seat: seat.active for seat in (*changes.opened, *changes.turned)}

    @precondition(lambda self: self.under_way)
    @rule(fails=booleans())
    def end_writing(self, fails: bool) -> None:  # noqa: FBT001
        assert self.under_way
        changes, written = self.under_way
        self.under_way = None
        if fails:
            return
        for seat in changes.opened:
            assert seat.id not in self.rows, "no row is made twice"
        for seat in changes.left:
            del self.rows[seat.id]
        self.rows |= {seat.id: (seat.user_id, active) for seat, active in written.items()}
        self.seats.wrote(changes, written, self.now)

    @precondition(lambda self: not self.under_way)
    @rule()
    def be_taken_for_dead(self) -> None:
        self.rows.clear()
        self.seats.unstore()

    @invariant()
    def the_rows_are_known(self) -> None:
        for socket in range(6):
            states = {active for whose, active in self.rows.values() if whose == person(socket)}
            shown = True if True in states else False if states else None
            assert self.seats.shown_as(person(socket)) is shown

    @invariant()
    def nothing_is_written_without_pause(self) -> None:
        """After a write, the next about the same seat is due later; nothing asks to be written in the past for ever."""
        if not self.under_way and self.seats.next_due() <= self.now:
            assert self.seats.changes(self.now) or self.seats.next_due() > self.now

    def teardown(self) -> None:
        """When it is quiet and the database is there, the rows are the open tabs, and nothing else is kept."""
        if self.under_way:
            self.end_writing(fails=False)
        for _ in range(3):
            self.now += GRACE + RESTLESS + SETTLE
            if changes := self.seats.changes(self.now):
                self.under_way = changes, {seat: seat.active for seat in (*changes.opened, *changes.turned)}
                self.end_writing(fails=False)
        assert sorted(self.rows.values()) == sorted((person(socket), active) for socket, active in self.open.items())
        assert len(list(self.seats)) == len(self.open)
        assert self.seats.next_due() > self.now


TestWriting = Writing.TestCase
TestWriting.settings = settings(max_examples=400, stateful_step_count=40, deadline=None)


def test_who_comes_back_in_time_has_their_seat_again() -> None:
    seats = Seats()
    first = seats.take("tab", 7, 0.0)
    seats.leave("tab", 1.0)
    assert seats.take("reloaded", 7, 2.0) is first
    assert seats.take("second", 7, 2.0) is not first
    assert seats.take("other", 8, 2.0) is not first


def test_who_comes_back_while_their_row_is_deleted_is_written_again() -> None:
    seats = Seats()
    seat = seats.take("tab", 7, 0.0)
    changes = seats.changes(1.0)
    seats.wrote(changes, {seat: True}, 1.0)
    seats.leave("tab", 2.0)
    leaving = seats.changes(8.0)
    assert leaving.left == [seat]
    assert seats.take("reloaded", 7, 8.0) is seat
    seats.wrote(leaving, {}, 8.1)
    assert seats.shown_as(7) is None
    assert seats.changes(8.2).opened == [seat]


def test_a_new_page_is_not_taken_for_one_in_use_before_it_says_so() -> None:
    seats = Seats()
    seat = seats.take("tab", 7, 0.0)
    assert not seats.changes(FIRST_WORD / 2)
    seats.turn("tab", active=False, now=0.3)
    changes = seats.changes(0.3 + SETTLE)
    assert changes.opened == [seat]
    assert seat.active is False
    seats.wrote(changes, {seat: False}, 0.4)
    seats.leave("tab", 1.0)
    assert seats.take("reloaded", 7, 2.0) is seat
    assert seat.active is False, "who comes back is as they were until they say"
    assert seats.next_due() > 1e9


def test_a_page_that_says_nothing_is_here_after_a_second() -> None:
    seats = Seats()
    seats.take("tab", 7, 0.0)
    assert seats.changes(FIRST_WORD).opened
