"""The page for the curious: what the engine counted, for staff alone, followed gently and never for its own sake."""

import asyncio
import threading
import time
from typing import Any

import pytest
from django.test import Client
from prometheus_client import Counter

from accounts.models import User
from chat.models import Room
from chatpoc import live
from chatpoc.live import counters, insight, staleness, versions
from chatpoc.live.threads import in_thread
from tests.conftest import Say, Statements, signed_in
from tests.live.conftest import Connect, session_of
from tests.live.test_fragments import HX, hints

pytestmark = pytest.mark.once

PATHS = ["/live/", "/live/figures/"]


@pytest.fixture
def staff(charlie: User) -> User:
    charlie.is_staff = True
    charlie.save()
    return charlie


@pytest.fixture
def as_staff(staff: User) -> Client:
    return signed_in(staff)


def count(counter: Counter, *labels: str) -> float:
    return float(counter.labels(*labels)._value.get())


def measured(type_: str) -> int:
    return sum(bar.count for bar in insight.ages(type_))


@pytest.mark.parametrize("path", PATHS)
def test_it_is_not_there_for_anyone_but_staff(path: str, as_alice: Client, as_staff: Client, staff: User) -> None:
    assert as_alice.get(path).status_code == 404
    answer = as_staff.get(path)
    assert answer.status_code == 200
    User.objects.filter(pk=staff.pk).update(is_staff=False)
    again = as_staff.get(path, headers=HX | {"HX-PTag": answer.get("HX-PTag", "")})
    assert again.status_code == 404, "not even that nothing changed"


def test_staff_find_it_in_their_menu_and_others_do_not(as_alice: Client, as_staff: Client) -> None:
    assert 'href="/live/"' in as_staff.get("/").content.decode()
    assert 'href="/live/"' not in as_alice.get("/").content.decode()


def test_the_page_and_its_fragment_are_the_same_bytes_and_only_read(as_staff: Client, statements: Statements) -> None:
    page = as_staff.get("/live/").content.decode()
    figures = as_staff.get("/live/figures/", headers=HX).content.decode().strip()
    assert figures in page
    assert insight.PROCESS in page, "whose figures they are"
    assert not statements.writes


async def test_only_staff_may_watch_it(connect: Connect, staff: User, alice_key: str) -> None:
    sockets = [await connect(alice_key), await connect(await in_thread(session_of, staff))]
    answers = [await socket.ask({"watch": {"insight": "x", "insight:1": "x"}}) for socket in sockets]
    assert [answer["watching"] for answer in answers] == [[], ["insight"]]


async def test_who_is_staff_no_longer_hears_nothing_more(connect: Connect, staff: User) -> None:
    socket = await connect(await in_thread(session_of, staff))
    await socket.ask({"watch": {"insight": "x"}})
    staff.is_staff = False
    await in_thread(staff.save)
    while "refused" not in (frame := await socket.hear()):
        pass
    assert frame["refused"] == ["insight"]


# Counting


@pytest.mark.django_db(transaction=True)
def test_a_write_and_the_fetches_after_it_are_counted_by_type_and_by_fragment(
    direct: Room, bob: User, as_alice: Client
) -> None:
    url, name = f"/rooms/{direct.pk}/header/", "chat.header"
    first = as_alice.get(url, headers=HX)
    before = {row.name: row for row in (*insight.types(), *insight.fragments())}
    bob.save()
    fresh = as_alice.get(url, headers=HX | {"HX-PTag": first["HX-PTag"]})
    assert as_alice.get(url, headers=HX | {"HX-PTag": fresh["HX-PTag"]}).status_code == 304
    after = {row.name: row for row in (*insight.types(), *insight.fragments())}

    def grew(row: str, field: str) -> int:
        return int(getattr(after[row], field) - getattr(before[row], field))

    assert grew("people", "invalidations") == 1
    assert grew("people", "hints") == 2, "to those who watch Bob, and to those who watch everybody"
    for row in ("people", "rooms", "members", name):
        assert (grew(row, "fetches"), grew(row, "unchanged"), grew(row, "size")) == (1, 1, len(fresh.content))
    assert grew(name, "renders") == 1
    assert after[name].milliseconds > 0


async def test_frames_are_counted_for_each_socket(
    connect: Connect, bob: User, alice_key: str, charlie_key: str
) -> None:
    tag, before = f"people:{bob.pk}", count(counters.frames, "people")
    for key in (alice_key, alice_key, charlie_key):
        socket = await connect(key)
        await socket.ask({"watch": {tag: "x"}})
    await in_thread(bob.save)
    await socket.hear()
    assert count(counters.frames, "people") == before + 3


def test_no_increment_of_a_thread_is_lost(db: None) -> None:
    before = count(counters.fetches, "nothing.counted", counters.FRESH)

    def work() -> None:
        for _ in range(2000):
            counters.fetched("nothing.counted", ["people:1"], 1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(counters.fetches, "nothing.counted", counters.FRESH) == before + 8000


def test_an_increment_costs_next_to_nothing(db: None) -> None:
    """Measured here: 1 µs. A write or a fetch costs a thousand times more."""
    started = time.process_time()
    for _ in range(10_000):
        counters.hints.labels("people").inc()
    assert (time.process_time() - started) / 10_000 < 20e-6


# Staleness


@pytest.mark.django_db(transaction=True)
def test_staleness_is_the_time_from_the_first_write_to_the_answer(
    direct: Room, bob: User, as_alice: Client, as_bob: Client
) -> None:
    url = f"/rooms/{direct.pk}/header/"
    first = {client: as_alice.get(url, headers=HX) for client in ("one", "two")}
    before, slow = measured("people"), sum(bar.count for bar in insight.ages("people")[3:5])
    bob.save()
    time.sleep(0.3)
    bob.save()  # what it has is no older for being made stale twice
    for answer in first.values():
        as_alice.get(url, headers=HX | {"HX-PTag": answer["HX-PTag"]})
    assert measured("people") == before + 2
    assert sum(bar.count for bar in insight.ages("people")[3:5]) == slow + 2, "0.3 s, and not the time since the last"


@pytest.mark.django_db(transaction=True)
def test_what_is_fetched_for_no_write_is_not_measured(direct: Room, as_alice: Client) -> None:
    url = f"/rooms/{direct.pk}/header/"
    before = measured("")
    for ptag in ("", "unknown", as_alice.get(url, headers=HX)["HX-PTag"]):
        as_alice.get(url, headers=HX | {"HX-PTag": ptag})
    assert measured("") == before


@pytest.fixture
def moments() -> Any:
    """`served` and `stale` in an order of our choice; forgotten afterwards."""
    yield staleness
    staleness._served.clear()
    staleness._ptags.clear()
    staleness._held[0] = 0


@pytest.mark.parametrize(
    ("made_from", "written", "becomes_stale"),
    [
        ("people:1", "people:1", True),
        ("people:1", "people:10", False),
        ("people:1", "people:0", False),
        ("people:0", "people:0", True),
        ("people:1", "people", True),
        ("people", "people:1", True),
        ("people", "members:1", False),
    ],
)
def test_a_fragment_becomes_stale_with_what_its_versions_are_made_of(
    moments: Any, made_from: str, written: str, *, becomes_stale: bool
) -> None:
    moments.served("a", [made_from, "rooms:7"], 100)
    moments.stale([written], 101)
    assert moments.since("a") == ((101, written.partition(":")[0]) if becomes_stale else None)


def test_a_hint_that_comes_late_does_not_make_stale_what_was_read_after_its_write(moments: Any) -> None:
    moments.served("a", ["people:1"], 100)
    moments.stale(["people:1"], 99)
    assert moments.since("a") is None
    moments.stale(["people:1"], 101)
    moments.stale(["people:1"], 102)
    assert moments.since("a") == (101, "people"), "the first write counts"


def test_it_remembers_the_last_ones_and_leaves_nothing_of_the_others(
    moments: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staleness, "KEPT", 10)
    for number in range(1000):
        moments.served(f"{number}", [f"people:{number}", "members:1"], number)
    assert len(staleness._served) == 10
    keys = versions.keys_of([f"people:{number}" for number in range(990, 1000)] + ["members:1"])
    assert set(staleness._ptags) == keys
    moments.stale(["members"], 2000)
    assert not staleness._ptags


# Following


async def test_it_is_renewed_while_somebody_looks_and_something_moves_and_not_for_its_own_sake(
    connect: Connect, staff: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insight, "PACE", 0.1)
    key = await in_thread(session_of, staff)
    idle = await connect(key)
    before = count(counters.invalidations, "insight")
    await in_thread(live.invalidate, [f"people:{bob.pk}"])
    assert await hints(idle, 0.4) == []
    assert count(counters.invalidations, "insight") == before, "nobody looks"

    socket, client = await connect(key), await in_thread(signed_in, staff)
    await socket.ask({"watch": {"insight": "x"}})
    await hints(socket)

    def look() -> None:
        client.get("/live/figures/", headers=HX)

    for _ in range(3):
        await in_thread(look)
    assert await hints(socket) == [], "looking is not counted"
    await in_thread(live.invalidate, [f"people:{bob.pk}"])
    heard = await hints(socket)
    assert 1 <= len(heard) <= 2, "the write, and what it was counted as: a renewal may fall between the two"
    assert all(list(hint["stale"]) == ["insight"] for hint in heard)
    await socket.ask({"watch": {}})
    await asyncio.sleep(0.3)
    quiet = count(counters.invalidations, "insight")
    await in_thread(live.invalidate, [f"people:{bob.pk}"])
    await asyncio.sleep(0.3)
    assert count(counters.invalidations, "insight") == quiet, "they looked away"


async def test_it_is_renewed_once_a_second_at_most(connect: Connect, staff: User, bob: User) -> None:
    socket = await connect(await in_thread(session_of, staff))
    await socket.ask({"watch": {"insight": "x"}})
    before, loop = count(counters.invalidations, "insight"), asyncio.get_running_loop()
    ends = loop.time() + 2.5
    while loop.time() < ends:
        await in_thread(live.invalidate, [f"people:{bob.pk}"])
        await asyncio.sleep(0.02)
    assert 2 <= count(counters.invalidations, "insight") - before <= 3


@pytest.mark.django_db(transaction=True)
def test_the_page_shows_what_was_measured(
    direct: Room, alice: User, as_bob: Client, as_staff: Client, say: Say
) -> None:
    first = as_bob.get("/conversations/", headers=HX)
    say(direct, alice)
    as_bob.get("/conversations/", headers=HX | {"HX-PTag": first["HX-PTag"]})
    html = as_staff.get("/live/").content.decode()
    assert 'id="type-activity"' in html
    assert 'id="fragment-chatconversations"' in html
    assert 'id="type-insight"' not in html
    assert insight.FRAGMENT not in html


def test_what_was_served_is_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sidebar of 300 conversations has 600 keys: ten thousand of them would take a gigabyte."""
    monkeypatch.setattr(staleness, "KEYS", 100)
    for i in range(50):
        staleness.served(f"bounded-{i}", [f"people:{n}" for n in range(i, i + 30)], 1)
    assert staleness._held[0] <= 100
    assert sum(map(len, staleness._ptags.values())) == staleness._held[0]
    assert staleness.since("bounded-0") is None
    held = staleness._held[0]
    staleness.stale({"people:60"}, 2)
    assert staleness.since("bounded-49") == (2, "people")
    assert staleness._held[0] < held, "what is stale already needs no keys"
