"""The floor: a broadcast without Channels and without Redis. What is left is Daphne, which no consumer can make cheaper."""

from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]

CONTROL = "/control"  # what this socket says, all others hear
sends: set[Send] = set()


async def application(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
    await send({"type": "websocket.accept"})
    if scope["path"] != CONTROL:
        sends.add(send)
    while (event := await receive())["type"] != "websocket.disconnect":
        if scope["path"] == CONTROL and event["type"] == "websocket.receive":
            for hear in list(sends):
                await hear({"type": "websocket.send", "text": event["text"]})
    sends.discard(send)
