"""The layer on two Redis servers. One is killed, or hangs: what lives on the other goes on, and the rest catches up."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import AsyncMock

import pytest
import redis

from accounts.models import User
from chat.models import Room
from chatpoc.live.hub import current_hub
from chatpoc.live.shards import shard_of, topic_on
from chatpoc.live.threads import in_thread
from tests.chat.rooms import room_of
from tests.live.conftest import Connect, Socket
from tests.live.test_socket import post
from tests.servers import RedisServer, redis_server

pytestmark = [pytest.mark.once("postgresql"), pytest.mark.waits]

RIGHT = 5.0  # seconds after the return of a Redis, within which every view is right
OTHERS = 1.0  # seconds that a message takes meanwhile, at most, on a machine that is busy

BOTH = pytest.mark.parametrize("dead", [0, 1])


@pytest.fixture(scope="module")
def two() -> Iterator[list[RedisServer]]:
    with redis_server() as one, redis_server() as other:
        yield [one, other]


@pytest.fixture
def servers(two: list[RedisServer], settings: Any) -> Iterator[list[RedisServer]]:
    layer = "channels_redis.pubsub.RedisPubSubChannelLayer"
    hosts = [server.url for server in two]
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": layer, "CONFIG": {"hosts": hosts, "prefix": "chatpoc"}}}
    yield two
    for server in two:
        server.resume()
        if server.process.poll() is not None:
            server.start()


@pytest.fixture
async def rooms(servers: list[RedisServer], connect: Connect, alice: User, bob: User) -> list[Room]:
    """A room on each of the two."""
    found = await on_each(alice, bob)
    return [found[0], found[1]]


async def on_each(alice: User, bob: User) -> dict[int, Room]:
    found: dict[int, Room] = {}
    while len(found) < 2:
        room = await in_thread(room_of, alice, bob)
        found.setdefault(shard_of(current_hub()._layer, room.topic), room)
    return found


async def watching(connect: Connect, key: str, rooms: list[Room]) -> Socket:
    socket: Socket = await connect(key)
    await socket.say({"watch": {room.topic: "0" for room in rooms}})
    assert (await until(socket, lambda frame: "watching" in frame, 5))[
        "refused"
    ] == []  # twice it waits for whom it misses
    return socket


async def until(socket: Socket, wanted: Callable[[dict[str, Any]], bool], seconds: float) -> dict[str, Any]:
    """The first such frame, passing by others; fails after so many seconds."""
    ends = time.monotonic() + seconds
    while not wanted(frame := await socket.hear(max(0.01, ends - time.monotonic()))):
        pass
    return frame


def of(room: Room) -> Callable[[dict[str, Any]], bool]:
    return lambda frame: frame.get("tag") == room.topic


def stale(tag: str) -> Callable[[dict[str, Any]], bool]:
    return lambda frame: tag in frame.get("stale", {})


def is_rewatch(frame: dict[str, Any]) -> bool:
    return "rewatch" in frame


async def caught_up(socket: Socket, room: Room, version: str, known: str, seconds: float) -> None:
    """As a page does it: asked to watch, it says what it has, and the answer tells that the room has moved on. Or
    the message itself came."""
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        frame = await socket.hear(left)
        if of(room)(frame) and frame["version"] == version:
            return
        if is_rewatch(frame):
            await socket.say({"watch": {room.topic: known}})
        elif frame.get("stale", {}).get(room.topic) == version:
            return
    raise AssertionError(f"not right after {seconds} s")


async def test_messages_and_hints_arrive_whichever_has_them(
    rooms: list[Room], connect: Connect, alice: User, bob: User, bob_key: str, charlie_key: str
) -> None:
    socket, outside = await connect(bob_key), await connect(charlie_key)
    people = {f"people:{person.pk}": "0" for person in (alice, bob)}
    await socket.ask({"watch": {room.topic: "0" for room in rooms} | people})
    await outside.ask({"watch": {room.topic: "0" for room in rooms}})
    for room in rooms:
        await post(room, alice)
        assert (await until(socket, of(room), OTHERS))["version"] == "1"
    for person in (alice, bob):
        person.name += " the Second"
        await in_thread(person.save)
        await until(socket, stale(f"people:{person.pk}"), OTHERS)
    while not await outside.receive_nothing(0.3):
        heard = str(await outside.hear())
        assert not any(room.topic in heard for room in rooms)


@BOTH
async def test_one_dies_and_the_other_goes_on_and_the_rest_catches_up(
    servers: list[RedisServer], rooms: list[Room], connect: Connect, alice: User, bob_key: str, dead: int
) -> None:
    socket = await watching(connect, bob_key, rooms)
    servers[dead].kill()
    await post(rooms[dead], alice)
    for version in ("1", "2"):
        await post(rooms[1 - dead], alice)
        assert (await until(socket, of(rooms[1 - dead]), OTHERS))["version"] == version
    await asyncio.sleep(1)
    await asyncio.to_thread(servers[dead].start)
    await caught_up(socket, rooms[dead], "1", "0", RIGHT)
    await post(rooms[dead], alice)
    assert (await until(socket, of(rooms[dead]), RIGHT))["version"] == "2"


@BOTH
async def test_one_hangs_and_the_other_waits_for_nothing(
    servers: list[RedisServer], rooms: list[Room], connect: Connect, alice: User, bob_key: str, dead: int
) -> None:
    socket = await watching(connect, bob_key, rooms)
    servers[dead].pause()
    for _ in range(3):
        await post(rooms[dead], alice)
    for version in ("1", "2"):
        await post(rooms[1 - dead], alice)
        assert (await until(socket, of(rooms[1 - dead]), OTHERS))["version"] == version
    newcomer = await connect(bob_key)
    began = time.monotonic()
    await newcomer.ask({"watch": {rooms[1 - dead].topic: "2"}})
    assert time.monotonic() - began < 3, "a page that opens meanwhile waits for no Redis for long"
    await post(rooms[1 - dead], alice)
    assert (await until(newcomer, of(rooms[1 - dead]), OTHERS))["version"] == "3"
    servers[dead].resume()
    await caught_up(socket, rooms[dead], "3", "0", RIGHT)


@BOTH
async def test_a_connection_that_is_cut_is_noticed_at_either(
    servers: list[RedisServer], rooms: list[Room], connect: Connect, bob_key: str, dead: int
) -> None:
    """Shorter than a heartbeat: only the connection itself tells. With another Redis' beats heard all the while."""
    socket = await watching(connect, bob_key, rooms)
    await asyncio.sleep(0.3)
    with redis.Redis.from_url(servers[dead].url) as client:
        assert client.client_kill_filter(_type="pubsub") >= 1
    await until(socket, is_rewatch, 2)


@BOTH
async def test_beats_that_are_missed_at_either_make_everyone_compare(
    servers: list[RedisServer], rooms: list[Room], connect: Connect, bob_key: str, dead: int,
    monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """A connection that looks alive and brings nothing."""
    monkeypatch.setattr("chatpoc.live.heartbeat.PAUSE", 0.1)
    socket = await watching(connect, bob_key, rooms)
    heart = current_hub().shards.all[dead].heart
    with monkeypatch.context() as patch:
        patch.setattr(heart, "hear", lambda _number: None)
        patch.setattr("chatpoc.live.heartbeat.hang_up", AsyncMock())
        await asyncio.sleep(0.8)
        assert not current_hub().hears_itself()
    await until(socket, is_rewatch, 2)
    assert current_hub().hears_itself()


@BOTH
async def test_a_process_that_starts_meanwhile_hears_the_other_and_then_both(
    servers: list[RedisServer], connect: Connect, alice: User, bob: User, bob_key: str, dead: int
) -> None:
    servers[dead].kill()
    found = await on_each(alice, bob)
    socket = await watching(connect, bob_key, list(found.values()))
    await asyncio.sleep(4)  # the channel of the process is on either, by chance: it tries each second
    await post(found[1 - dead], alice)
    await caught_up(socket, found[1 - dead], "1", "0", OTHERS)
    await post(found[dead], alice)
    await asyncio.to_thread(servers[dead].start)
    await caught_up(socket, found[dead], "1", "0", RIGHT)
    assert list(current_hub()._layer._get_layer().channels) == [current_hub().subscriptions.channel]


async def test_nothing_is_left_of_an_outage(
    servers: list[RedisServer], rooms: list[Room], connect: Connect, alice: User, bob_key: str
) -> None:
    hub = current_hub()
    first = await watching(connect, bob_key, rooms)
    await asyncio.sleep(1)
    before = kept(hub)
    for dead in (0, 1):
        servers[dead].kill()
        opened = [await watching(connect, bob_key, rooms) for _ in range(3)]
        await post(rooms[dead], alice)
        await asyncio.to_thread(servers[dead].start)
        for socket in opened:
            await socket.disconnect()
        await until(first, is_rewatch, RIGHT)
    await asyncio.sleep(3)
    assert kept(hub) == before
    assert not any(shard.unsent._topics or shard.unsent._states for shard in hub.shards.all)
    for server in servers:
        with redis.Redis.from_url(server.url) as client:
            assert len(client.client_list(_type="pubsub")) == 1


def kept(hub: Any) -> dict[str, Any]:
    inner = hub._layer._get_layer()
    return {
        "groups": sorted(inner.groups),
        "channels": list(inner.channels),
        "subscribed": [sorted(shard._subscribed_to) for shard in inner._shards],
        "topics": sorted(hub.topics),
        "tasks": sorted({task.get_coro().__qualname__ for task in asyncio.all_tasks()}),  # type: ignore[union-attr]
        "receivers": sum("_do_receiving" in repr(task) for task in asyncio.all_tasks()),
    }


async def test_each_has_its_own_beats_and_a_topic_that_all_processes_hear(servers: list[RedisServer]) -> None:
    hub = current_hub()
    for number, shard in enumerate(hub.shards.all):
        assert [shard_of(hub._layer, topic) for topic in shard.heart.topics] == [number, number]
        assert topic_on(hub._layer, number, "hubs") == shard.heart.topics[1]
    assert len({topic for shard in hub.shards.all for topic in shard.heart.topics}) == 4
