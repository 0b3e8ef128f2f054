"""What pages are told of states, whatever order looks and hints come in; without a layer, with values that the test sets."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Collection
from typing import Any

import pytest
import pytest_asyncio

from chatpoc.live import states, tags
from chatpoc.live.states import Kind, States
from chatpoc.live.topics import Topic

pytestmark = pytest.mark.once


class Page:
    """A socket that keeps what it was told."""

    def __init__(self) -> None:
        self.watched: set[str] = set()
        self.frames: list[dict[str, Any]] = []
        self.known: dict[str, str] = {}

    def hear(self, text: str) -> None:
        frame = json.loads(text)
        self.frames.append(frame)
        self.known |= frame.get("state", {})


def new_page() -> Any:
    return Page()


class House:
    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.reads: list[list[str]] = []
        self.topics: dict[str, Topic] = {}
        self.states = States(self.topics, self.tell)

    async def tell(self, audience: Collection[Any], text: str) -> None:
        for page in audience:
            page.hear(text)

    def read(self, ids: list[str]) -> dict[str, str]:
        self.reads.append(sorted(ids))
        return {id_: self.values[id_] for id_ in ids if id_ in self.values}

    async def settle(self) -> None:
        await asyncio.sleep(4 * states.PACE)

    def follow(self, page: Any, **known: str) -> None:
        self.states.follow(page, {f"weather:{id_}": value for id_, value in known.items()})


@pytest_asyncio.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(states, "PACE", 0.1)
    monkeypatch.setattr(states, "SETTLE", 0.01)
    house = House()
    after = Kind(
        lambda ids: dict.fromkeys(ids, ",".join(sorted(house.values.values()))), frozenset({"weather", "rooms"})
    )
    monkeypatch.setattr(states, "kinds", {"weather": Kind(house.read, frozenset()), "climate": after})
    task = asyncio.create_task(house.states.run())
    yield house
    task.cancel()


async def test_who_follows_is_answered_with_what_differs(house: House) -> None:
    house.values = {"a": "sun", "b": "rain"}
    page = new_page()
    house.follow(page, a="sun", b="fog", c="snow")
    await house.settle()
    assert page.frames == [{"state": {"weather:b": "rain"}}]


async def test_a_hint_reads_only_what_a_page_shows_and_tells_only_what_changed(house: House) -> None:
    house.values = {"a": "sun", "b": "rain"}
    page = new_page()
    house.follow(page, a="", b="")
    await house.settle()
    house.reads.clear()
    house.values["b"] = "fog"
    house.states.doubt(["weather:a", "weather:b", "weather:z"])
    await house.settle()
    assert house.reads == [["a", "b"]]
    assert page.frames[1:] == [{"state": {"weather:b": "fog"}}]


async def test_a_whole_kind_is_doubted(house: House) -> None:
    house.values = {"a": "sun", "b": "rain"}
    page = new_page()
    house.follow(page, a="", b="")
    await house.settle()
    house.values = {"a": "wind", "b": "wind"}
    house.states.doubt(["weather"])
    await house.settle()
    assert page.known == {"weather:a": "wind", "weather:b": "wind"}


@pytest.mark.parametrize("hint", ["weather:b", "rooms:1", "rooms"])
async def test_what_comes_after_another_is_looked_at_with_it(house: House, hint: str) -> None:
    house.values = {"a": "sun"}
    page = new_page()
    house.states.follow(page, {"climate:1": ""})
    await house.settle()
    house.values = {"a": "sun", "b": "rain"}
    house.states.doubt([hint])
    await house.settle()
    assert page.known == {"climate:1": "rain,sun"}


async def page_that_was_told_before(house: House) -> Any:
    """It knows that the sun shines at a; since then it rains there, and the next push has to wait."""
    page = new_page()
    house.values = {"a": "sun", "b": "sun"}
    house.follow(page, a="", b="")
    await house.settle()
    house.values = {"a": "rain", "b": "fog"}
    house.states.doubt(["weather:b"])
    await asyncio.sleep(0.05)
    return page


async def answered(newcomer: Any) -> None:
    """At once, and before the others are told; a busy machine may take longer for the look."""
    for _ in range(1000):
        if newcomer.known:
            return
        await asyncio.sleep(0.001)


async def test_a_newcomer_who_saw_more_than_the_others_is_told_when_it_is_taken_back(house: House) -> None:
    old, new = await page_that_was_told_before(house), new_page()
    house.follow(new, a="")
    await answered(new)
    assert new.known == {"weather:a": "rain"}
    assert old.known == {"weather:a": "sun", "weather:b": "fog"}
    house.values = {"a": "sun"}
    house.states.doubt(["weather:a"])
    await house.settle()
    assert new.known["weather:a"] == old.known["weather:a"] == "sun"


async def test_two_newcomers_do_not_hide_from_the_others_what_they_were_told(house: House) -> None:
    old, first, second = await page_that_was_told_before(house), new_page(), new_page()
    for newcomer in (first, second):
        house.follow(newcomer, a="")
        await answered(newcomer)
        assert newcomer.known == {"weather:a": "rain"}
    await house.settle()
    assert old.known["weather:a"] == "rain"


async def test_who_left_during_the_look_is_told_nothing(house: House) -> None:
    house.values = {"a": "sun"}
    page = new_page()
    house.follow(page, a="")
    house.states.forget(page)
    await house.settle()
    assert page.frames == []
    assert not house.states.followers
    assert not house.states._told


async def test_signals_go_to_those_who_watch_their_tag_the_last_of_each_key(house: House) -> None:
    inside, outside = new_page(), new_page()
    inside.watched = {"room:1"}
    topic = Topic()
    topic.sockets = {inside, outside}
    house.topics["room:1"] = topic
    for person, name in (("7", "Alice"), ("8", "Bob"), ("7", "")):
        house.states.signal("room:1", "typing", person, name)
    house.states.signal("room:2", "typing", "9", "nobody is there")
    await house.settle()
    assert inside.frames == [{"typing": {"room:1": {"7": "", "8": "Bob"}}}]
    assert outside.frames == []


async def test_states_and_signals_come_in_one_frame_and_those_who_hear_the_same_get_the_same_text(house: House) -> None:
    house.values = {"a": "sun"}
    pages = [new_page() for _ in range(3)]
    topic = Topic()
    topic.sockets = set(pages)
    house.topics["room:1"] = topic
    for page in pages:
        page.watched = {"room:1"}
        house.follow(page, a="")
    await house.settle()
    texts: list[str] = []

    async def tell(audience: Collection[Any], text: str) -> None:
        texts.append(text)
        await House.tell(house, audience, text)

    house.states._tell = tell
    house.values = {"a": "fog"}
    house.states.doubt(["weather:a"])
    house.states.signal("room:1", "typing", "7", "Alice")
    await house.settle()
    assert len(texts) == 1
    for page in pages:
        assert page.frames[-1] == {"state": {"weather:a": "fog"}, "typing": {"room:1": {"7": "Alice"}}}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_pages_converge_under_random_changes_and_doubled_hints(house: House, seed: int) -> None:
    chance = random.Random(seed)
    pages = [new_page() for _ in range(6)]
    for _ in range(400):
        id_ = chance.choice("abcd")
        match chance.randrange(4):
            case 0:
                house.values[id_] = str(chance.random())
                for _ in range(chance.randrange(1, 3)):
                    house.states.doubt([f"weather:{id_}"])
            case 1:
                page = chance.choice(pages)
                wanted = chance.sample("abcd", chance.randrange(5))
                page.known = {tag: value for tag, value in page.known.items() if tag[-1] in wanted}
                house.follow(page, **{id_: page.known.get(f"weather:{id_}", "") for id_ in wanted})
                page.watched = set(wanted)
            case _:
                await asyncio.sleep(chance.random() / 100)
    await house.settle()
    for page in pages:
        assert page.known == {f"weather:{id_}": house.values[id_] for id_ in page.watched if id_ in house.values}


def test_a_state_is_a_tag_that_may_be_refused() -> None:
    assert tags.is_state("presence:7")
    assert not tags.is_state("people:7")
    with pytest.raises(ValueError, match="twice"):
        states.declare_state("presence", lambda viewer, ids: ids, lambda ids: {})
    assert "presence" not in tags.watched_whole()
