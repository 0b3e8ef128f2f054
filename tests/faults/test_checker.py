"""The checker finds what is wrong: it is shown rooms, pages and acknowledgements broken in every way, and whole ones."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.checker import Row, Truth, View, check
from tests.faults.journal import Journal, Letter
from tests.faults.log import Log, Shown, messages_in, read_frame

pytestmark = pytest.mark.once
ALICE, BOB, ROOM = 1, 2, 7


def shown(letter: Letter, seq: int, version: int) -> Shown:
    return Shown(letter.id, seq, version, letter.author, f"<li>{letter.body}</li>")


class World:
    """Three messages that were acknowledged, are in the room and on both pages. The second was edited."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.letters = [Letter(ROOM, author, f"{author} said so", str(uuid.uuid4())) for author in (ALICE, BOB, ALICE)]
        for seq, letter in enumerate(self.letters, start=1):
            self.journal.tried(letter)
            self.journal.acknowledged(letter, seq)
        self.journal.changed(self.letters[1], body="Bob said otherwise")
        versions = (1, 4, 3)
        rows = [
            Row(shown(letter, seq, version), letter.body, letter.deleted)
            for seq, (letter, version) in enumerate(zip(self.letters, versions, strict=True), start=1)
        ]
        self.truth = Truth(ROOM, 4, 0, 0, rows)
        self.view = [row.shown for row in rows]
        self.view_version = 4

    def counts(self) -> dict[str, int]:
        views = [View("Alice", 4, [row.shown for row in self.truth.rows]), View("Bob", self.view_version, self.view)]
        return dict(check(self.journal, [self.truth], {ROOM: views}).counts)

    def put(self, place: int, **changes: int) -> None:
        row = self.truth.rows[place]
        self.truth.rows[place] = row._replace(shown=row.shown._replace(**changes))  # type: ignore[arg-type]


def test_what_is_whole_is_found_whole() -> None:
    world = World()
    assert world.counts() == {}
    world.view.reverse()
    assert world.counts() == {}, "a page puts messages in order, however they came"


def lost_in_the_room(world: World) -> None:
    del world.truth.rows[2]
    world.view = world.view[:2]


def edit_lost_in_the_room(world: World) -> None:
    world.truth.rows[1] = world.truth.rows[1]._replace(body="2 said so")


def deletion_lost_in_the_room(world: World) -> None:
    world.letters[0].deleted = True


def never_answered(world: World) -> None:
    world.journal.tried(Letter(ROOM, ALICE, "into the void"))


def lost_on_a_page(world: World) -> None:
    del world.view[0]


def edit_lost_on_a_page(world: World) -> None:
    world.view[1] = world.view[1]._replace(version=2)


def otherwise_on_a_page(world: World) -> None:
    world.view[1] = world.view[1]._replace(html="<li>garbled</li>")


def page_behind(world: World) -> None:
    world.view_version = 3


def version_lost(world: World) -> None:
    world.journal.changes[ROOM] += 1


def version_taken_twice(world: World) -> None:
    world.journal.changes[ROOM] -= 1


def doubled_in_the_room(world: World) -> None:
    copy = world.truth.rows[2]
    world.truth.rows.append(copy._replace(shown=copy.shown._replace(seq=4, version=5)))
    world.view = [row.shown for row in world.truth.rows]


def doubled_under_another_id(world: World) -> None:
    copy = world.truth.rows[2]
    world.truth.rows.append(copy._replace(shown=copy.shown._replace(seq=4, version=2, id=str(uuid.uuid4()))))
    world.view = [row.shown for row in world.truth.rows]


def doubled_on_a_page(world: World) -> None:
    world.view.append(world.view[2])


def author_out_of_order(world: World) -> None:
    """Both the acknowledgements and the room say so, and neither says what the other one does not."""
    for letter, seq in ((world.letters[0], 3), (world.letters[2], 1)):
        letter.seq = seq
    first, second, third = world.truth.rows
    world.truth.rows = [
        third._replace(shown=third.shown._replace(seq=1)),
        second,
        first._replace(shown=first.shown._replace(seq=3)),
    ]
    world.view = [row.shown for row in world.truth.rows]


def another_place_than_was_acknowledged(world: World) -> None:
    world.letters[1].seq = 9


def gap_in_the_places(world: World) -> None:
    world.put(2, seq=4)
    world.letters[2].seq = 4
    world.view = [row.shown for row in world.truth.rows]


def one_version_twice(world: World) -> None:
    world.put(2, version=4)
    world.view = [row.shown for row in world.truth.rows]


def another_place_on_a_page(world: World) -> None:
    world.view[2] = world.view[2]._replace(seq=9)


def sent_by_nobody(world: World) -> None:
    del world.journal.letters[world.letters[1].id]


def phantom_on_a_page(world: World) -> None:
    world.view.append(Shown(str(uuid.uuid4()), 4, 5, BOB, "<li>rolled back</li>"))


def leaked(world: World) -> None:
    world.journal.leaked.append("Charlie was pushed a message of room 7")


@pytest.mark.parametrize(
    ("breaks", "kind"),
    [
        (lost_in_the_room, "lost"),
        (edit_lost_in_the_room, "lost"),
        (deletion_lost_in_the_room, "lost"),
        (never_answered, "lost"),
        (lost_on_a_page, "lost"),
        (edit_lost_on_a_page, "lost"),
        (otherwise_on_a_page, "lost"),
        (page_behind, "lost"),
        (version_lost, "lost"),
        (version_taken_twice, "doubled"),
        (doubled_in_the_room, "doubled"),
        (doubled_under_another_id, "foreign"),
        (doubled_on_a_page, "doubled"),
        (author_out_of_order, "out of order"),
        (another_place_than_was_acknowledged, "out of order"),
        (gap_in_the_places, "out of order"),
        (one_version_twice, "out of order"),
        (another_place_on_a_page, "out of order"),
        (sent_by_nobody, "foreign"),
        (phantom_on_a_page, "foreign"),
        (leaked, "foreign"),
    ],
)
def test_what_is_broken_is_found(breaks: Callable[[World], None], kind: str) -> None:
    world = World()
    breaks(world)
    assert world.counts().get(kind), world.counts()


def test_what_was_looked_at_is_forgotten_and_what_comes_is_checked() -> None:
    world = World()
    world.journal.forget({ROOM: 2})
    rows = [row for row in world.truth.rows if row.shown.seq > 2]
    world.truth = replace(world.truth, rows=rows, floor=2, before=4)
    assert world.counts() == {}
    world.view = []
    assert world.counts() == {"lost": 1}


HTML = (
    '<li id="m-{id}" class="message" data-seq="{seq}" data-version="{version}" data-author="3">\n<p>…</p>\n'
    '<div class="message-body"><p>hi</p></div>\n</div>\n</li>'
)


def message(seq: int, version: int, id_: str = "") -> Shown:
    (found,) = messages_in(HTML.format(id=id_ or uuid.UUID(int=seq), seq=seq, version=version))
    return found


def test_a_pushed_frame_is_read() -> None:
    text = HTML.format(id=uuid.UUID(int=5), seq=5, version=9).replace('"', '\\"').replace("\n", "\\n")
    frame = read_frame(f'{{"tag":"room:7","version":"9","content":"{text}","stale":{{"activity:7":"x"}}}}'.encode())
    assert frame.room == ROOM
    assert [(one.seq, one.version, one.author) for one in frame.messages] == [(5, 9, 3)]
    assert frame.stale == {"activity:7": "x"}


def test_a_log_keeps_the_newest_of_each_and_waits_for_what_is_missing() -> None:
    log = Log(ROOM, 0, 0)
    assert log.take(message(1, 1))
    assert not log.take(message(1, 1)), "it is there"
    assert log.take(message(3, 3))
    assert (log.version, log.ahead) == (1, {3}), "one is missing"
    assert log.take(message(2, 2))
    assert (log.version, log.ahead) == (3, set())
    assert log.take(message(1, 4))
    assert not log.take(message(1, 1)), "an older one comes late"
    assert log.shown[str(uuid.UUID(int=1))].version == 4


def test_a_page_of_the_past_is_as_old_as_it_was_read() -> None:
    log = Log(ROOM, 0, 0)
    log.start_again([message(8, 9)], 9)
    assert not log.take(message(2, 10)), "that is not on the page"
    assert log.version == 10
    assert log.put_older([message(2, 2)], 9), "what changed since it was read is to be fetched"
    assert log.version == 9
