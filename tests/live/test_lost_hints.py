"""The layer does not take a message, or is away twice in a row: whoever missed something is asked to compare versions."""

import asyncio
from typing import Any

import pytest

from accounts.models import User
from chat.models import Room
from chatpoc.live.hub import REWATCH, current_hub
from tests.live.conftest import Connect
from tests.live.test_socket import post


async def test_a_push_that_the_layer_did_not_take_is_made_good(
    connect: Connect, direct: Room, alice: User, alice_key: str, bob_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the writer's connection is away: nobody else has a reason to ask."""
    bob, elsewhere = await connect(bob_key), await connect(alice_key)
    await bob.ask({"watch": {direct.topic: "0"}})
    await elsewhere.ask({"watch": {}})
    layer = current_hub()._layer
    send, lost = layer.group_send, list[str]()

    async def out_of_reach(group: str, message: dict[str, Any]) -> None:
        if message["type"] not in {"fence", "beat"}:
            lost.append(message["type"])
            raise ConnectionError("on purpose")
        await send(group, message)

    with monkeypatch.context() as patch:
        patch.setattr(layer, "group_send", out_of_reach)
        await post(direct, alice)
        assert await bob.receive_nothing(0.6)
    assert next(kind for kind in lost if kind != "doubt") == "frame", "who is here is looked at now and then"
    assert "rewatch" in lost, "it tried while the layer was away"
    assert await bob.hear() == {"rewatch": True}
    assert (await bob.ask({"watch": {direct.topic: "0"}}))["stale"] == {direct.topic: "1"}
    assert await elsewhere.receive_nothing(0.5), "who does not follow the room is not asked"


async def test_who_was_asked_before_the_layer_was_away_again_is_asked_once_more(
    connect: Connect, alice_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await connect(alice_key)
    await socket.ask({"watch": {}})
    hub, asked = current_hub(), list[str]()
    may_end = asyncio.Event()
    tell = hub._tell

    async def slowly(audience: Any, text: str, **more: Any) -> None:
        await tell(audience, text, **more)
        asked.append(text)
        await may_end.wait()

    monkeypatch.setattr(hub, "_tell", slowly)
    for _ in range(3):
        hub._ask_all()
        await asyncio.sleep(0.05)
    assert asked == [REWATCH]
    may_end.set()
    assert [await socket.hear(), await socket.hear()] == [{"rewatch": True}] * 2
    assert await socket.receive_nothing(0.3), "twice is enough for any number of outages in between"
