"""Each socket has an id in the log, by which its lines belong together, and nobody else's do."""

from typing import Any

import pytest

from chat.models import Room
from chatpoc import ids
from tests.live.conftest import Connect
from tests.site.test_structured_logs import Lines, lines

pytestmark = pytest.mark.once

__all__ = ["lines"]  # a fixture


async def test_a_socket_has_an_id_in_all_its_lines_and_in_nobody_else_s(
    lines: Lines, connect: Connect, direct: Room, alice_key: str, bob_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []

    def look(*_: Any) -> tuple[None, dict[str, str]]:
        noted.append(ids.connection.get())
        return None, {}

    monkeypatch.setattr("chatpoc.live.consumer._look", look)
    one = await connect(alice_key)
    await one.say({"watch": {f"room:{direct.pk}": "canary-version"}})
    await one.closed_with()
    await one.disconnect()
    other = await connect(bob_key)
    await other.say({"canary-word": "canary-said"})
    await other.hear()
    opened, closed, elsewhere = lines.of("chatpoc.sockets")
    assert (opened["message"], closed["message"], closed["why"]) == ("opened", "closed", "signed out")
    assert opened["connection"] == closed["connection"] == noted[0] != elsewhere["connection"]
    assert opened["request"] == closed["request"] != elsewhere["request"]
    assert "canary" not in lines.text
    assert alice_key not in lines.text


async def test_what_the_hub_says_is_of_no_socket(
    lines: Lines, connect: Connect, alice_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tasks begin with the first socket, and would go by its id for ever."""

    async def fail(_layer: object, _number: int) -> None:
        raise ConnectionError("canary")

    monkeypatch.setattr("chatpoc.live.shards.come_back", fail)
    monkeypatch.setattr("chatpoc.live.shards.COME_BACK", 0.01)
    await (await connect(alice_key)).ask({"watch": {}})
    told = lines.of("chatpoc.live.hub")
    assert told[0]["message"] == "The channel layer is out of reach (ConnectionError); trying again."
    assert "connection" not in told[0]
    assert len(lines.of("chatpoc.sockets")[0]["connection"]) == 32
