"""What a shard of the layer did not take. It is not kept: who would have heard it is asked to compare versions once more, as
soon as the shard takes something again. The others' connections may never have been away, so nobody else knows of it."""

import asyncio
from collections.abc import Callable
from typing import Any

from chatpoc.live.states import TOPIC as STATES
from chatpoc.live.topics import group_name

AGAIN = 0.25  # seconds between tries


class Unsent:
    def __init__(self, layer: Any, everyone: str, out_of_reach: Callable[[Exception], None]) -> None:
        """`everyone`: a topic that lives on the shard, and that every process hears."""
        self._layer, self._everyone, self._out_of_reach = layer, everyone, out_of_reach
        self._topics: set[str] = set()  # whose frames and hints were lost
        self._states: set[str] = set()  # which may have another value now
        self._wake = asyncio.Event()

    def note(self, topic: str, message: dict[str, Any]) -> None:
        """It was lost. A signal is over by the time that it could be said again."""
        if message["type"] == "doubt":
            self._states.update(message["tags"])
        elif message["type"] != "signal":
            self._topics.add(topic)
        self._wake.set()

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(AGAIN)
            self._wake.clear()
            topics, states = self._topics, self._states
            self._topics, self._states = set(), set()
            try:  # by one topic that every process hears, so that a page with many of these is asked once
                if topics:
                    await self._say(self._everyone, {"type": "rewatch", "topics": sorted(topics)})
                if states:
                    await self._say(STATES, {"type": "doubt", "tags": sorted(states)})
            except Exception as error:  # noqa: BLE001  (whatever the layer raises)
                self._out_of_reach(error)
                self._topics |= topics
                self._states |= states
                self._wake.set()

    async def _say(self, topic: str, message: dict[str, Any]) -> None:
        await self._layer.group_send(group_name(topic), message | {"topic": topic})
