"""One socket and what it may hear: watching, pushes, and everything that a browser may send wrongly."""

import asyncio
import json
import uuid

import pytest

from accounts.models import User
from chat.models import Message, Room
from chatpoc.live.consumer import LiveConsumer
from chatpoc.live.hub import current_hub
from chatpoc.live.threads import in_thread
from chatpoc.live.topics import Topic
from tests.live.conftest import Connect


async def post(room: Room, author: User, body: str = "hello") -> Message:
    return await in_thread(lambda: room.post(author=author, client_id=uuid.uuid4(), body=body))


async def test_a_send_reaches_both_and_no_outsider(
    connect: Connect, direct: Room, alice: User, alice_key: str, bob_key: str, charlie_key: str
) -> None:
    ours = [await connect(alice_key), await connect(bob_key)]
    for socket in ours:
        answer = await socket.ask({"watch": {direct.topic: "0"}})
        assert answer == {"watching": [direct.topic], "refused": [], "stale": {}}
    outsider = await connect(charlie_key)
    assert (await outsider.ask({"watch": {direct.topic: "0"}}))["refused"] == [direct.topic]

    message = await post(direct, alice, "for Bob <3")
    frames = [await socket.hear() for socket in ours]
    assert frames[0] == frames[1]
    assert frames[0]["tag"] == direct.topic
    assert frames[0]["version"] == "1"
    assert f'id="{message.dom_id}"' in frames[0]["content"]
    assert "for Bob &lt;3" in frames[0]["content"]
    assert await outsider.receive_nothing(0.3)


async def test_watching_tells_what_changed_since_the_page_was_rendered(
    connect: Connect, direct: Room, alice: User, alice_key: str
) -> None:
    await post(direct, alice)
    socket = await connect(alice_key)
    assert (await socket.ask({"watch": {direct.topic: "0"}}))["stale"] == {direct.topic: "1"}
    assert (await socket.ask({"watch": {direct.topic: "1"}}))["stale"] == {}


async def test_watching_something_else_stops_the_first(
    connect: Connect, direct: Room, alice: User, charlie: User, alice_key: str
) -> None:
    other = await in_thread(Room.objects.direct, alice, charlie)
    socket = await connect(alice_key)
    await socket.ask({"watch": {direct.topic: "0"}})
    await socket.ask({"watch": {other.topic: "0"}})
    await post(direct, alice)
    assert await socket.receive_nothing(0.3)
    await post(other, alice)
    assert (await socket.hear())["tag"] == other.topic


@pytest.mark.parametrize(
    "tag",
    ["room:", "room", "room:1:2",
        "room:01", "room:x", "room:-1", "room:٣", f"room:{'9' * 40}", "user:1", "session:abc", "nothing:1",
     "ROOM:1", "room:1 ", "", "*", "room:1\n"],
)  # fmt: skip
async def test_what_is_no_tag_of_the_viewer_is_refused(connect: Connect, alice_key: str, tag: str) -> None:
    socket = await connect(alice_key)
    assert await socket.ask({"watch": {tag: "1"}}) == {"watching": [], "refused": [tag], "stale": {}}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ", "bad-json"),
        ("{", "bad-json"),
        ("[" * 30_000, "bad-json"),
        ("[]", "bad-json"),
        ("null", "bad-json"),
        ('"watch"', "bad-json"),
        ("{}", "unknown-frame"),
        ('{"fly": 1}', "unknown-frame"),
        ('{"watch": []}', "unknown-frame"),
        ('{"watch": {}, "more": 1}', "unknown-frame"),
        ('{"watch": {"room:1": 1}}', "bad-watch"),
        ('{"watch": {"room:1": null}}', "bad-watch"),
        (json.dumps({"watch": {f"room:{i}": "1" for i in range(2001)}}), "bad-watch"),
        (json.dumps({"watch": {"room:1": "x" * 65_536}}), "frame-too-large"),
        (json.dumps({"watch": {"room:1": "ż" * 40_000}}, ensure_ascii=False), "frame-too-large"),
    ],
)
async def test_a_frame_that_cannot_be_used_is_answered_and_the_socket_lives(
    connect: Connect, alice_key: str, text: str, code: str
) -> None:
    socket = await connect(alice_key)
    await socket.send_to(text_data=text)
    error = (await socket.hear())["error"]
    assert error["code"] == code
    assert error["text"].endswith(".")
    assert (await socket.ask({"watch": {}}))["watching"] == []


async def test_a_binary_frame_is_answered(connect: Connect, alice_key: str) -> None:
    socket = await connect(alice_key)
    await socket.send_to(bytes_data=b"\x00\xff")
    assert (await socket.hear())["error"]["code"] == "binary-frame"


async def test_a_client_that_never_stops_is_closed_and_others_are_not(
    connect: Connect, alice_key: str, bob_key: str
) -> None:
    hasty, calm = await connect(alice_key), await connect(bob_key)
    for _ in range(80):
        await hasty.say({})
    codes = [event async for event in outputs(hasty)]
    assert codes[-1] == {"type": "websocket.close", "code": 4029}
    assert (await calm.ask({"watch": {}}))["watching"] == []


async def outputs(socket: object):  # type: ignore[no-untyped-def]
    """Everything until the socket closes."""
    while True:
        event = await socket.receive_output(3)  # type: ignore[attr-defined]
        yield event
        if event["type"] == "websocket.close":
            return


# What is left behind


async def test_a_handler_that_raises_leaves_nothing_behind(
    connect: Connect, direct: Room, alice_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: LiveConsumer, watched: object) -> None:
        raise RuntimeError("on purpose")

    socket = await connect(alice_key)
    await socket.ask({"watch": {direct.topic: "0"}})
    monkeypatch.setattr(LiveConsumer, "watch", broken)
    await socket.say({"watch": {}})
    with pytest.raises(RuntimeError, match="on purpose"):
        await socket.receive_output(3)
    hub = current_hub()
    assert not hub.sockets
    for _ in range(50):
        if not hub.topics:
            break
        await asyncio.sleep(0.05)
    assert not hub.topics, "the layer's groups were left"


async def test_a_slow_reader_is_closed_with_4008_and_the_others_hear_everything(
    connect: Connect, direct: Room, alice: User, alice_key: str, bob_key: str
) -> None:
    slow, quick = await connect(alice_key), await connect(bob_key)
    for socket in (slow, quick):
        await socket.ask({"watch": {direct.topic: "0"}})
    consumer = next(socket for socket in current_hub().sockets if socket.viewer == alice)
    consumer.unsent = lambda: 1024 * 1024 + 1  # type: ignore[method-assign]
    for i in range(3):
        await post(direct, alice, f"{i}")
    assert await slow.closed_with() == 4008
    assert [(await quick.hear())["version"] for _ in range(3)] == ["1", "2", "3"]


async def test_a_socket_that_is_closing_does_not_silence_the_others(
    connect: Connect, direct: Room, alice: User, alice_key: str, bob_key: str
) -> None:
    async def gone(event: object) -> None:
        raise RuntimeError("what a server raises for a socket that is closing")

    sockets = [await connect(key) for key in (alice_key, bob_key, alice_key, bob_key)]
    for socket in sockets:
        await socket.ask({"watch": {direct.topic: "0"}})
    hub = current_hub()
    for consumer in [consumer for consumer in hub.sockets if consumer.viewer == alice]:
        consumer.base_send = gone  # type: ignore[attr-defined]
    for i in range(3):
        await post(direct, alice, f"{i}")
    for socket in (sockets[1], sockets[3]):
        assert [(await socket.hear())["version"] for _ in range(3)] == ["1", "2", "3"]
    assert len(hub.sockets) == 2, "the broken ones are forgotten"


async def test_a_frame_of_an_old_subscription_does_not_pass_for_a_new_one(
    connect: Connect, direct: Room, alice: User, alice_key: str
) -> None:
    """The last listener leaves while a frame is on its way, and another joins: only its own fence counts."""
    socket = await connect(alice_key)
    await socket.ask({"watch": {direct.topic: "0"}})
    hub = current_hub()
    await socket.ask({"watch": {}})
    await asyncio.sleep(0.3)
    assert direct.topic not in hub.topics
    topic = hub.topics[direct.topic] = Topic()
    await hub._handle({"type": "frame", "topic": direct.topic, "text": "{}"})
    await hub._handle({"type": "fence", "topic": direct.topic, "hub": hub.subscriptions.channel, "subscription": 1})
    await hub._handle({"type": "fence", "topic": direct.topic, "hub": "another", "subscription": 0})
    assert not topic.confirmed.is_set()
    await socket.ask({"watch": {direct.topic: "0"}})
    assert topic.confirmed.is_set()
    await post(direct, alice)
    assert (await socket.hear())["version"] == "1"


async def test_missed_heartbeats_make_everyone_compare_again(
    connect: Connect, alice_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatpoc.live.heartbeat.PAUSE", 0.1)
    socket = await connect(alice_key)
    await socket.ask({"watch": {}})
    [shard] = current_hub().shards.all
    hear = shard.heart.hear
    monkeypatch.setattr(shard.heart, "hear", lambda number: None)
    await asyncio.sleep(2.6)
    monkeypatch.setattr(shard.heart, "hear", hear)
    frames = [await socket.hear()]
    while frames[-1] == {"alive": True}:
        frames.append(await socket.hear())
    assert frames[-1] == {"rewatch": True}
