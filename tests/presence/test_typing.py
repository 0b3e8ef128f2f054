"""Who is typing: told to those who have the room open, to nobody else, and kept nowhere."""

import asyncio
import json
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from chat.models import Room
from chatpoc.live.hub import current_hub
from chatpoc.live.threads import in_thread
from tests.chat.rooms import room_of
from tests.live.conftest import Connect, Socket
from tests.live.test_revocation import only_about_oneself, until_refused
from tests.presence.conftest import quiet


async def open_room(socket: Socket, room: Room) -> None:
    assert (await socket.ask({"watch": {room.topic: str(room.version)}}))["refused"] == []


async def both_in(room: Room, connect: Connect, *keys: str) -> list[Socket]:
    sockets = [await connect(key) for key in keys]
    for socket in sockets:
        await open_room(socket, room)
    return sockets


async def heard(socket: Socket, room: Room) -> dict[str, str]:
    frame = await socket.hear()
    assert frame.keys() == {"typing"}
    names: dict[str, str] = frame["typing"][room.topic]
    return names


async def test_it_is_told_with_the_name_and_taken_back(
    connect: Connect, direct: Room, alice: User, alice_key: str, bob_key: str
) -> None:
    page, bob = await both_in(direct, connect, alice_key, bob_key)
    await page.say({"typing": {direct.topic: True}})
    assert await heard(bob, direct) == {str(alice.pk): "Alice Moreau"}
    await page.say({"typing": {direct.topic: False}})
    assert await heard(bob, direct) == {str(alice.pk): ""}


async def test_the_name_is_the_one_of_now(
    connect: Connect, direct: Room, alice: User, alice_key: str, bob_key: str
) -> None:
    page, bob = await both_in(direct, connect, alice_key, bob_key)
    alice.name = "Zoe <b>"
    await in_thread(alice.save)
    await asyncio.sleep(0.5)
    await page.say({"typing": {direct.topic: True}})
    assert await heard(bob, direct) == {str(alice.pk): "Zoe <b>"}


async def test_begun_and_ended_within_the_same_second_is_told_as_ended(
    connect: Connect, direct: Room, alice: User, alice_key: str, bob_key: str
) -> None:
    page, bob = await both_in(direct, connect, alice_key, bob_key)
    await page.say({"typing": {direct.topic: True}})
    await heard(bob, direct)
    for typing in (False, True, False):
        await page.say({"typing": {direct.topic: typing}})
    assert await heard(bob, direct) == {str(alice.pk): ""}
    assert await quiet(bob)


async def test_the_end_is_told_however_often_one_writes(
    connect: Connect, direct: Room, alice: User, alice_key: str, bob_key: str
) -> None:
    page, bob = await both_in(direct, connect, alice_key, bob_key)
    last: dict[str, str] = {}
    for _ in range(8):  # short messages, faster than "… is typing" may be said
        for typing in (True, False):
            await page.say({"typing": {direct.topic: typing}})
        await asyncio.sleep(0.4)
    while not await bob.receive_nothing(0.8):
        last = json.loads(await bob.receive_from())["typing"][direct.topic]
    assert last == {str(alice.pk): ""}


async def test_who_only_has_the_room_in_the_sidebar_hears_nothing(
    connect: Connect, direct: Room, alice_key: str, bob_key: str
) -> None:
    page, bob = await connect(alice_key), await connect(bob_key)
    await open_room(page, direct)
    await bob.ask({"watch": {f"activity:{direct.pk}": ""}})
    await page.say({"typing": {direct.topic: True}})
    assert (await page.hear())["typing"], "one's own other pages hear it, and pass it over"
    assert await quiet(bob)


@pytest.mark.parametrize("place", ["room:{}", "activity:{}", "people:1", "people", "room", "nothing", ""])
async def test_a_stranger_cannot_make_others_see_them_type(
    connect: Connect, direct: Room, alice_key: str, charlie_key: str, place: str
) -> None:
    page, stranger = await connect(alice_key), await connect(charlie_key)
    await page.ask({"watch": {direct.topic: "0", f"activity:{direct.pk}": "", "people": "", "people:1": ""}})
    while not await page.receive_nothing(0.2):
        await page.receive_from()
    tag = place.format(direct.pk)
    await stranger.ask({"watch": {tag: ""}})
    await stranger.say({"typing": {tag: True}})
    assert await quiet(page)


async def test_a_former_member_can_neither_tell_nor_hear(
    connect: Connect, direct: Room, bob: User, alice_key: str, bob_key: str
) -> None:
    page, former = await both_in(direct, connect, alice_key, bob_key)
    await in_thread(lambda: direct.memberships.filter(user=bob).delete())
    assert await until_refused(former) == [direct.topic]
    await only_about_oneself(page)
    await former.say({"typing": {direct.topic: True}})
    assert await quiet(page)
    await page.say({"typing": {direct.topic: True}})
    assert await quiet(former)


@pytest.mark.parametrize(
    "value", [True, None, "room:1", [], {}, {"room:1": 1}, {"room:1": None}, {"room:1": True, "room:2": True}]
)
async def test_what_says_nothing_is_refused(connect: Connect, alice_key: str, value: object) -> None:
    assert (await (await connect(alice_key)).ask({"typing": value}))["error"]["code"] == "bad-typing"


async def test_who_says_it_without_pause_is_limited_then_closed_and_the_others_hear_on(
    connect: Connect, direct: Room, alice: User, alice_key: str, bob_key: str
) -> None:
    hostile, bob, page = await connect(alice_key), await connect(bob_key), await connect(alice_key)
    for socket in (hostile, bob, page):
        await open_room(socket, direct)
    await hostile.say({"typing": {direct.topic: True}})
    await heard(bob, direct)
    signals = 0
    hub = current_hub()
    taken = hub.states.signal

    def count(topic: str, name: str, key: str, value: str) -> None:
        nonlocal signals
        signals += 1
        taken(topic, name, key, value)

    hub.states.signal = count  # type: ignore[method-assign]
    for turn in range(100):
        await hostile.say({"typing": {direct.topic: turn % 2 == 0}} if turn % 5 else {"active": turn % 2 == 0})
    code = None
    while code is None:
        event = await hostile.receive_output(3)
        code = event.get("code")
    assert code == 4029
    assert signals <= 2 * 6
    await heard(bob, direct)
    await page.say({"typing": {direct.topic: True}})
    assert json.loads(await bob.receive_from(3))["typing"] == {direct.topic: {str(alice.pk): "Alice Moreau"}}


async def test_who_is_muted_is_not_heard_from_that_moment_on(
    connect: Connect, alice: User, bob: User, alice_key: str, bob_key: str
) -> None:
    room = await in_thread(room_of, alice, bob)
    muted, listener = await both_in(room, connect, bob_key, alice_key)
    await muted.say({"typing": {room.topic: True}})
    assert await heard(listener, room) == {str(bob.pk): "Bob Okafor"}
    await in_thread(partial(room.silence, by=alice, person=bob, until=timezone.now() + timedelta(hours=1)))
    await asyncio.sleep(1)
    await muted.say({"typing": {room.topic: True}})
    assert await names_told(listener) == []
    await in_thread(partial(room.unsilence, by=alice, person=bob))
    await asyncio.sleep(1)
    await muted.say({"typing": {room.topic: True}})
    assert await names_told(listener) == [{str(bob.pk): "Bob Okafor"}]


async def names_told(socket: Socket) -> list[dict[str, str]]:
    """All that came of typing, until it is quiet; lines and hints are passed over."""
    told = []
    while not await socket.receive_nothing(0.8):
        frame = await socket.hear()
        told += list(frame.get("typing", {}).values())
    return told
