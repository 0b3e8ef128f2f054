"""Every address of a room, with every method, for everyone: what comes of it is what the table promises."""

import uuid

import pytest

from tests.authorisation.asking import HX, Answer, Asking
from tests.authorisation.people import INSIDE, KINDS, OUTSIDE, SIGNED_OUT
from tests.authorisation.rooms import TABLE, WHAT_THE_MEMBER_SAID, bodies
from tests.authorisation.tables import Line, Said, asked_for, in_words, lines_of_rooms, unlike, without_chance

pytestmark = [pytest.mark.once, pytest.mark.timeout(300)]  # many requests, and all in one

NOWHERE = 987_654_321  # no room has this id
LINES = [*lines_of_rooms(TABLE, 3), *lines_of_rooms(WHAT_THE_MEMBER_SAID, 3)]


class Asked:
    """The lines of the table about one room, or one that does not exist."""

    def __init__(self, ask: Asking, kind: str, room: int) -> None:
        self.ask, self.room = ask, room
        self.people = {name: person.pk for name, person in ask.world.people.items()}
        self.forms = bodies(kind, self.people, str(uuid.uuid4()))
        inside = rf"/rooms/{room}/"
        self.places = {
            "room": rf"{inside}(#m-.*)?",
            "people": f"{inside}people/",
            "deletion": f"{inside}messages/\\d+/deletion/",
            "home": "/",
        }

    def __call__(self, who: str, line: Line, *, hx: bool = False, method: str = "") -> Answer:
        form = self.forms.get(line.body) if line.method == "POST" else None
        return self.ask(who, method or line.method, self.path(line), form, headers=HX if hx or line.hx else None)

    def path(self, line: Line) -> str:
        said = "2" if "undo" in line.address else "1"  # the second is deleted
        address = line.address.replace("<id:person_id>", str(self.people["fellow"])).replace("<id:seq>", said)
        return f"/rooms/{self.room}/{address}"

    def words(self, answer: Answer) -> str:
        return in_words(answer, self.places)


@pytest.mark.parametrize("kind", KINDS)
def test_each_address_of_a_room_answers_each_person_as_the_table_says(ask: Asking, kind: str) -> None:
    """And who may not know of it gets the very answer that a room gives which does not exist, after the same statements."""
    here, nowhere = Asked(ask, kind, ask.world.rooms[kind].pk), Asked(ask, kind, NOWHERE)
    found: dict[Said, str] = {}
    promised: dict[Said, str] = {}
    telling = []
    for name, line, hx in asked_for(LINES):
        outside, *inside = line.cells[KINDS.index(kind)]
        outsiders = ("stranger", "root") if hx else OUTSIDE
        words = dict.fromkeys(outsiders, outside) | dict(zip(INSIDE, inside, strict=True))
        answers = {who: here(who, line, hx=hx) for who in words}
        promised |= {(name, who): word for who, word in words.items()}
        found |= {(name, who): here.words(answer) for who, answer in answers.items()}
        if outside == "404":
            nothing = all_that_is_told(nowhere("stranger", line, hx=hx), here.room)
            telling += [
                f"{name} tells {who}" for who in outsiders if all_that_is_told(answers[who], here.room) != nothing
            ]
    assert not (wrong := unlike(found, promised)), wrong
    assert not telling, "\n".join(telling)


def all_that_is_told(answer: Answer, room: int) -> tuple[object, ...]:
    """As if it were about this room."""
    said = {name: without_chance(value) for name, value in answer.headers.items() if name != "Content-Length"}
    body = without_chance(answer.body).replace(str(NOWHERE), str(room))
    return answer.status, answer.leads, body, said, answer.statements


@pytest.mark.parametrize("kind", KINDS)
def test_head_is_get_without_a_body(ask: Asking, kind: str) -> None:
    asked = Asked(ask, kind, ask.world.rooms[kind].pk)
    for line in LINES:
        if line.method == "GET":
            for column, who in enumerate(("stranger", "member")):
                answer = asked(who, line, method="HEAD")
                assert (asked.words(answer), answer.body) == (line.cells[KINDS.index(kind)][column], ""), (
                    line.address,
                    who,
                )


def test_what_is_not_in_the_table_is_no_method_for_anyone(ask: Asking) -> None:
    """Whether the room is there or not."""
    for room in (ask.world.rooms["closed"].pk, NOWHERE):
        asked = Asked(ask, "closed", room)
        for address, line in {line.address: line for line in LINES}.items():
            there = {line.method for line in LINES if line.address == address}
            for who in ("stranger", "former", "root", *INSIDE):
                for method in {"GET", "POST"} - there:
                    answer = ask(who, method, asked.path(line))
                    assert (answer.status, answer.changed) == (405, False), (method, address, who)


def test_who_is_not_signed_in_is_led_to_the_log_in(ask: Asking) -> None:
    asked = Asked(ask, "open", ask.world.rooms["open"].pk)
    for who in SIGNED_OUT:
        for line in LINES:
            if line.hx:
                continue
            answer, fetched = asked(who, line), asked(who, line, hx=True)
            back = asked.path(line) if line.method == "GET" else "/"
            assert (answer.status, answer.leads) == (302, f"/accounts/login/?next={back}"), (who, line.address)
            assert (fetched.status, fetched.body) == (401, "You are signed out.")
            assert not answer.changed
            assert not fetched.changed
