"""Presence when a hint, the layer, the lease or the database is gone."""

import threading
import time

import pytest

from accounts.models import User
from chatpoc import live
from chatpoc.live import states
from chatpoc.live.hub import current_hub
from chatpoc.live.threads import in_thread
from presence import leases, roster
from presence.models import Connection, Process
from tests.live.conftest import Connect
from tests.presence.conftest import follow, quiet, told


async def test_a_hint_that_was_lost_is_made_good_by_the_next_look(
    connect: Connect, alice: User, alice_key: str, bob_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = f"presence:{alice.pk}"
    bob = await connect(bob_key)
    await follow(bob, **{f"presence_{alice.pk}": ""})
    assert await told(bob, tag) == "offline"
    with monkeypatch.context() as patch:
        patch.setattr(live, "look_again", list)
        await connect(alice_key)
        assert await quiet(bob)
    other = await connect(bob_key)  # who asks finds out; and then so does everybody
    await follow(other, **{f"presence_{alice.pk}": ""})
    assert await told(other, tag) == "online"
    assert await told(bob, tag) == "online"


async def test_what_cannot_be_read_is_read_again(
    connect: Connect, alice: User, alice_key: str, bob_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "AGAIN", 0.2)
    bob = await connect(bob_key)
    read = states.read
    failed: list[set[str]] = []

    def fail_once(names: set[str]) -> dict[str, str]:
        if not failed:
            failed.append(names)
            raise ConnectionError("on purpose")
        return read(names)

    monkeypatch.setattr(states, "read", fail_once)
    await follow(bob, **{f"presence_{alice.pk}": ""})
    assert await told(bob, f"presence:{alice.pk}") == "offline"
    assert failed


async def test_a_process_that_was_taken_for_dead_brings_its_people_back(
    connect: Connect, alice: User, alice_key: str, bob_key: str
) -> None:
    tag = f"presence:{alice.pk}"
    bob, page = await connect(bob_key), await connect(alice_key)
    await follow(bob, **{f"presence_{alice.pk}": ""})
    assert await told(bob, tag) == "online"
    await in_thread(lambda: Process.objects.all().delete())
    await page.say({"active": False})  # the next write finds out
    assert await told(bob, tag) == "away"
    assert await in_thread(Connection.objects.alive().count) == 2


async def test_a_hint_that_found_no_layer_is_sent_when_it_is_back(
    connect: Connect, alice: User, alice_key: str, bob_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process did not lose the layer, so its pages have no reason to ask again."""
    tag = f"presence:{alice.pk}"
    bob = await connect(bob_key)
    await follow(bob, **{f"presence_{alice.pk}": ""})
    assert await told(bob, tag) == "offline"
    layer = current_hub()._layer
    send = layer.group_send

    async def out_of_reach(group: str, message: dict[str, object]) -> None:
        if message["type"] == "doubt":
            raise ConnectionError("on purpose")
        await send(group, message)

    with monkeypatch.context() as patch:
        patch.setattr(layer, "group_send", out_of_reach)
        await connect(alice_key)
        assert await quiet(bob)
    assert await told(bob, tag) == "online"


async def test_a_process_stops_although_the_database_does_not_answer(
    connect: Connect, alice_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    monkeypatch.setattr(leases, "end", lambda _: answered.wait(10))
    monkeypatch.setattr(roster, "GOODBYE", 0.3)
    await connect(alice_key)
    [companion] = current_hub().companions
    began = time.monotonic()
    await companion.stop()
    assert time.monotonic() - began < 1
    answered.set()
