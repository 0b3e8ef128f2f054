"""Sockets: how fast they are opened, how many are open, and how fast frames come up them."""

import asyncio
import json
from collections import Counter
from typing import Any

from accounts.models import User
from chatpoc.limits import tabs
from chatpoc.live.closing import TOO_FAST, TOO_MANY
from chatpoc.live.hub import current_hub
from chatpoc.live.threads import in_thread
from tests.limits.conftest import Allow
from tests.live.conftest import Connect, Socket, session_of


async def attempt(connect: Connect, key: str) -> tuple[Any, int]:
    """A new socket, and the code that it was closed with at once; 0 if it was not."""
    socket = await connect(key)
    await socket.say({"watch": {}})
    event = await socket.receive_output(3)
    return socket, event.get("code", 0)


async def codes(connect: Connect, *keys: str) -> list[int]:
    return [(await attempt(connect, key))[1] for key in keys]


async def is_open(socket: Any) -> bool:
    return "watching" in await socket.ask({"watch": {}})


async def errors(socket: Socket) -> list[dict[str, Any]]:
    """What it is told, until nothing more comes or it is closed; that is the last then, as a code."""
    heard: list[dict[str, Any]] = []
    while not await socket.receive_nothing(0.2):
        event = await socket.receive_output(1)
        if event["type"] == "websocket.close":
            return [*heard, {"code": event["code"]}]
        if error := json.loads(event["text"]).get("error"):
            heard.append(error)
    return heard


# Opening


async def test_opening_too_many_in_a_moment_is_refused_with_a_code(
    connect: Connect, alice_key: str, bob_key: str, allow: Allow
) -> None:
    allow("socket=3/9h 1000/9h")
    assert await codes(connect, *[alice_key] * 5) == [0, 0, 0, TOO_FAST, TOO_FAST]
    assert await codes(connect, bob_key) == [0], "another person"


async def test_many_sessions_of_one_person_open_no_more(connect: Connect, alice: User, allow: Allow) -> None:
    keys = [await in_thread(session_of, alice) for _ in range(4)]
    allow("socket=3/9h 1000/9h")
    assert await codes(connect, *keys) == [0, 0, 0, TOO_FAST]


async def test_a_hundred_handshakes_at_once_open_exactly_as_many_as_they_may(
    connect: Connect, alice_key: str, allow: Allow
) -> None:
    allow("socket=20/9h 1000/9h")
    outcomes = await asyncio.gather(*(attempt(connect, alice_key) for _ in range(100)))
    assert Counter(code for _, code in outcomes) == {0: 20, TOO_FAST: 80}
    assert len(current_hub().sockets) == 20


async def test_an_address_without_a_session_is_counted_and_holds_nothing(connect: Connect, allow: Allow) -> None:
    allow("socket=1000/9h 10/9h")
    assert await codes(connect, *(f"nobody{turn}" for turn in range(15))) == [4401] * 10 + [TOO_FAST] * 5
    assert not current_hub().sockets
    assert not tabs._open


# Open at a time


async def test_a_person_has_so_many_open_and_another_when_one_is_closed(
    connect: Connect, alice_key: str, bob_key: str, allow: Allow
) -> None:
    allow("tabs=3 100")
    first, _ = await attempt(connect, alice_key)
    assert await codes(connect, alice_key, alice_key, alice_key, bob_key) == [0, 0, TOO_MANY, 0]
    await first.disconnect()
    assert await codes(connect, alice_key, alice_key) == [0, TOO_MANY]


async def test_an_address_has_so_many_open(connect: Connect, alice_key: str, bob_key: str, allow: Allow) -> None:
    allow("tabs=100 3")
    assert await codes(connect, alice_key, bob_key, alice_key, bob_key) == [0, 0, 0, TOO_MANY]


async def test_what_is_closed_however_is_counted_no_more(connect: Connect, alice_key: str) -> None:
    (gone, _), (shut, _), (broken, _) = [await attempt(connect, alice_key) for _ in range(3)]
    assert max(tabs._open.values()) == 3
    await gone.disconnect()
    for socket in list(current_hub().sockets):
        await socket.shut(4012)
    await shut.disconnect()
    broken.future.cancel()
    await asyncio.gather(broken.future, return_exceptions=True)
    assert not tabs._open


# Frames


async def test_a_hasty_page_is_told_to_wait_before_it_is_closed(connect: Connect, alice_key: str) -> None:
    socket = await connect(alice_key)
    for _ in range(60):
        await socket.say({"active": True})
    told = await errors(socket)
    assert 1 <= len(told) <= 10
    assert told[0] == {
        "code": "too-fast",
        "text": "This page asks for a lot at once. It goes on in a moment.",
        "wait": 1,
    }
    await asyncio.sleep(0.3)
    assert await is_open(socket)


async def test_one_that_goes_on_all_the_same_is_closed(connect: Connect, alice_key: str) -> None:
    socket = await connect(alice_key)
    for _ in range(120):
        await socket.say({"active": True})
    told = await errors(socket)
    assert told[-1] == {"code": TOO_FAST}
    assert {error["code"] for error in told[:-1]} == {"too-fast"}
    assert 20 <= len(told) <= 24


async def test_frames_of_many_sockets_of_one_person_count_as_one(
    connect: Connect, alice_key: str, bob_key: str, allow: Allow
) -> None:
    allow("frame=30/9h 1000/9h")
    sockets = [await connect(alice_key) for _ in range(4)]
    for turn in range(40):
        await sockets[turn % 4].say({"active": True})
    told = [error for socket in sockets for error in await errors(socket)]
    assert len(told) == 10
    assert 1000 < told[0]["wait"] <= 1080
    assert await codes(connect, bob_key) == [0]


async def test_watches_have_a_limit_of_their_own_and_a_refused_one_changes_nothing(
    connect: Connect, direct: Any, alice_key: str, allow: Allow
) -> None:
    allow("watch=2/20s 1000/20s")
    socket = await connect(alice_key)
    assert (await socket.ask({"watch": {direct.topic: "0"}}))["watching"] == [direct.topic]
    await socket.ask({"watch": {direct.topic: "0"}})
    refused = await socket.ask({"watch": {}})
    assert refused["error"]["code"] == "too-fast"
    assert 5 < refused["error"]["wait"] <= 10
    assert current_hub().topics[direct.topic].sockets, "still heard"
    await socket.say({"active": True})
    assert await errors(socket) == [], "other frames pass"


async def test_off_nothing_is_counted(connect: Connect, alice_key: str, allow: Allow) -> None:
    allow("off")
    sockets = [await connect(alice_key) for _ in range(5)]
    for _ in range(90):
        await sockets[0].say({"active": True})
    assert await errors(sockets[0]) == []
    assert await is_open(sockets[0])
