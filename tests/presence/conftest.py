"""Sockets as in tests/live; and a grace that a test can wait for."""

import asyncio
import json
from typing import Any

import pytest

from chatpoc.live import states
from presence import seats
from tests.live.conftest import Socket, alice_key, bob_key, charlie_key, connect

__all__ = ["alice_key", "bob_key", "charlie_key", "connect"]

GRACE = 0.6
PACE = 0.3


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/presence" in item.nodeid:
            item.add_marker(pytest.mark.waits)


@pytest.fixture(autouse=True)
def _quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "connect" not in request.fixturenames:
        return
    monkeypatch.setattr(seats, "GRACE", GRACE)
    monkeypatch.setattr(seats, "RESTLESS", 0.3)
    monkeypatch.setattr(states, "PACE", PACE)
    monkeypatch.setattr(seats, "FIRST_WORD", 0.05)


async def told(socket: Socket, tag: str, *, within: float = 4) -> str:
    """The next value of the state `tag` that the page is told; other frames are passed over."""
    async with asyncio.timeout(within):
        while True:
            frame: dict[str, Any] = json.loads(await socket.receive_from(within))
            if tag in frame.get("state", {}):
                value: str = frame["state"][tag]
                return value


async def follow(socket: Socket, **known: str) -> None:
    """Watch these states (`presence_7="online"`), and nothing else."""
    tags = {name.replace("_", ":"): value for name, value in known.items()}
    assert (await socket.ask({"watch": tags}))["refused"] == []


async def quiet(socket: Socket, seconds: float = 0.8) -> bool:
    """Nothing of states or typing comes."""
    return bool(await socket.receive_nothing(seconds))
