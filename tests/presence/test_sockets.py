"""What the others are told when somebody comes, looks away and leaves; by real sockets, under a real hub."""

import asyncio
import time

import pytest

from accounts.models import User
from chat.models import Room
from chatpoc.live.threads import in_thread
from presence import leases
from presence.models import Connection, LastSeen
from tests.conftest import Statements, make_person
from tests.live.conftest import Connect, session_of
from tests.presence.conftest import PACE, follow, quiet, told


async def test_one_comes_looks_away_comes_back_and_leaves(
    connect: Connect, alice: User, alice_key: str, bob_key: str
) -> None:
    tag = f"presence:{alice.pk}"
    bob = await connect(bob_key)
    await follow(bob, **{f"presence_{alice.pk}": ""})
    assert await told(bob, tag) == "offline"
    page = await connect(alice_key)
    assert await told(bob, tag) == "online"
    await page.say({"active": False})
    assert await told(bob, tag) == "away"
    await page.say({"active": True})
    assert await told(bob, tag) == "online"
    left_at = time.time()
    await page.disconnect()
    state, _, since = (await told(bob, tag)).partition(".")
    assert state == "offline"
    assert abs(int(since) - left_at) < 3


async def test_several_tabs_are_one_person(connect: Connect, alice: User, alice_key: str, bob_key: str) -> None:
    tag = f"presence:{alice.pk}"
    bob = await connect(bob_key)
    tabs = [await connect(alice_key), await connect(alice_key)]
    await follow(bob, **{f"presence_{alice.pk}": ""})
    assert await told(bob, tag) == "online"
    await tabs[0].say({"active": False})
    assert await quiet(bob), "one tab in use is enough"
    await tabs[1].say({"active": False})
    assert await told(bob, tag) == "away"
    await tabs[0].disconnect()
    assert await quiet(bob, 1.2), "the other tab is still open"
    await tabs[1].say({"active": True})
    assert await told(bob, tag) == "online"
    await tabs[1].disconnect()
    assert (await told(bob, tag)).startswith("offline.")


async def test_a_page_change_is_not_seen_and_writes_nothing(
    connect: Connect, alice: User, alice_key: str, bob_key: str
) -> None:
    bob, page = await connect(bob_key), await connect(alice_key)
    await follow(bob, **{f"presence_{alice.pk}": ""})
    assert await told(bob, f"presence:{alice.pk}") == "online"
    rows = await in_thread(lambda: list(Connection.objects.order_by("pk").values()))
    await page.disconnect()
    await asyncio.sleep(0.2)
    await connect(alice_key)
    assert await quiet(bob, 1.5)
    assert await in_thread(lambda: list(Connection.objects.order_by("pk").values())) == rows


async def test_a_page_is_told_at_most_once_a_second_and_then_of_all(
    connect: Connect, alice: User, bob: User, alice_key: str
) -> None:
    many = [await in_thread(make_person, f"p{i}", f"P {i}") for i in range(12)]
    keys = [await in_thread(session_of, person) for person in many]
    page = await connect(alice_key)
    await page.ask({"watch": {f"presence:{person.pk}": "offline" for person in many}})
    began = time.monotonic()
    for key in keys:
        await connect(key)
        await asyncio.sleep(0.1)
    found: dict[str, str] = {}
    frames = 0
    while len(found) < len(many):
        found |= (await page.hear())["state"]
        frames += 1
    assert frames <= (time.monotonic() - began) / PACE + 1
    assert set(found.values()) == {"online"}


async def test_who_has_somebody_not_on_the_page_hears_nothing_of_them(
    connect: Connect, alice: User, bob: User, alice_key: str, charlie_key: str
) -> None:
    charlie = await connect(charlie_key)
    await follow(charlie, **{f"presence_{bob.pk}": "offline"})
    page = await connect(alice_key)
    await page.disconnect()
    assert await quiet(charlie, 1.5)


async def test_unfollowed_and_followed_again(connect: Connect, alice: User, alice_key: str, bob_key: str) -> None:
    tag = f"presence:{alice.pk}"
    bob = await connect(bob_key)
    await follow(bob, **{f"presence_{alice.pk}": ""})
    assert await told(bob, tag) == "offline"
    await bob.ask({"watch": {}})
    await connect(alice_key)
    assert await quiet(bob)
    await follow(bob, **{f"presence_{alice.pk}": "offline"})
    assert await told(bob, tag) == "online"


async def test_how_many_of_a_room_are_here(
    connect: Connect, direct: Room, alice: User, charlie: User, alice_key: str, bob_key: str, charlie_key: str
) -> None:
    room = await in_thread(Room.objects.lobby)
    for person in (alice, charlie):
        await in_thread(room.join, person)
    page = await connect(alice_key)
    await follow(page, **{f"here_{room.pk}": "", f"members_{room.pk}": ""})
    assert await told(page, f"here:{room.pk}") == "1"
    await connect(bob_key)
    assert await quiet(page), "Bob is no member"
    await connect(charlie_key)
    assert await told(page, f"here:{room.pk}") == "2"
    await in_thread(lambda: room.memberships.filter(user=charlie).delete())
    assert await told(page, f"here:{room.pk}") == "1"


async def test_a_stranger_is_not_told_how_many_are_here(connect: Connect, direct: Room, charlie_key: str) -> None:
    page = await connect(charlie_key)
    tags = [f"here:{direct.pk}", "here", "presence", "presence:999999", "presence:01", f"visibility:{direct.pk}"]
    assert (await page.ask({"watch": dict.fromkeys(tags, "")}))["refused"] == sorted(tags)
    assert await quiet(page)


@pytest.mark.parametrize("value", [1, None, "yes", {}, {"now": True}, []])
async def test_what_is_no_activity_is_refused_and_the_socket_lives(
    connect: Connect, alice_key: str, value: object
) -> None:
    page = await connect(alice_key)
    assert (await page.ask({"active": value}))["error"]["code"] == "bad-active"
    assert "watching" in await page.ask({"watch": {}})


async def test_who_deleted_their_account_is_nowhere(
    connect: Connect, alice: User, alice_key: str, bob_key: str
) -> None:
    bob, _ = await connect(bob_key), await connect(alice_key)
    await follow(bob, **{f"presence_{alice.pk}": ""})
    assert await told(bob, f"presence:{alice.pk}") == "online"
    await in_thread(alice.erase)
    assert await told(bob, f"presence:{alice.pk}") == ""
    await asyncio.sleep(1)
    assert not await in_thread(LastSeen.objects.filter(user=alice).exists)


async def test_the_writes_of_many_are_gathered(
    connect: Connect, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Statements()
    store = leases.store

    def watched(*arguments: object) -> object:
        from django.db import connection

        with connection.execute_wrapper(seen):
            return store(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(leases, "store", watched)
    people = [await in_thread(make_person, f"p{i}", f"P {i}") for i in range(20)]
    pages = [await connect(await in_thread(session_of, person)) for person in people]
    await asyncio.sleep(0.6)
    for page in pages:
        await page.disconnect()
    await asyncio.sleep(1.5)
    assert not await in_thread(Connection.objects.exists)
    assert await in_thread(LastSeen.objects.count) == 20
    assert len(seen.writes) <= 20, "two rows each, in fewer statements than people"


async def test_who_is_deactivated_while_away_has_no_dot_any_more(connect: Connect, alice: User, bob_key: str) -> None:
    tag = f"presence:{alice.pk}"
    bob = await connect(bob_key)
    await follow(bob, **{f"presence_{alice.pk}": "", f"people_{alice.pk}": ""})
    assert await told(bob, tag) == "offline"
    await in_thread(alice.deactivate)
    assert await told(bob, tag) == ""
    assert await in_thread(alice.come_back)
    assert await told(bob, tag) == "offline"
