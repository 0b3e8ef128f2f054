"""The Redis servers that the layer is spread over: one, several, or this process's memory, which counts as one.

The group of a topic lives on one of them, by its name. Each may be away alone: the topics of the others go on, and what was
missed on this one is made good when it is back. So each has a heartbeat, a list of what it did not take, and tasks of its own,
since one that hangs must not hold up the others.
"""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any

from chatpoc.live import heartbeat
from chatpoc.live.heartbeat import Heartbeat
from chatpoc.live.reconnects import come_back
from chatpoc.live.topics import group_name
from chatpoc.live.unsent import Unsent

COME_BACK = 0.25  # seconds between tries to make a lost connection anew


def how_many(layer: Any) -> int:
    inner = _inner(layer)
    return len(inner._shards) if inner else 1


def shard_of(layer: Any, topic: str) -> int:
    """The number of the one that has the group of this topic."""
    inner = _inner(layer)
    if inner is None or len(inner._shards) == 1:
        return 0
    found: int = inner._shards.index(inner._get_shard(inner._get_group_channel_name(group_name(topic))))
    return found


def topic_on(layer: Any, shard: int, beginning: str) -> str:
    """The first topic of those that begin so which lives on this one; every process finds the same."""
    return next(name for name in (f"{beginning}.{n}" for n in count()) if shard_of(layer, name) == shard)


def forget_channels(layer: Any) -> None:
    """Those that the layer keeps although it could not subscribe to them, one for each try."""
    if inner := _inner(layer):
        inner.channels.clear()


def _inner(layer: Any) -> Any:
    """What the pub/sub layer has for the running loop; None of another layer."""
    return layer._get_layer() if hasattr(layer, "_get_layer") else None


class Shard:
    def __init__(self, layer: Any, number: int, hub: str, returned: Callable[[], None], out_of_reach: Any) -> None:
        self.number = number
        everyone = topic_on(layer, number, "hubs")  # every process joins it
        self.heart = Heartbeat(layer, number, (topic_on(layer, number, f"beats.{hub}"), everyone), returned)
        self.unsent = Unsent(layer, everyone, out_of_reach)
        self._layer, self._out_of_reach = layer, out_of_reach

    async def beat(self, channel: str) -> None:
        """For ever, into this channel of the process."""
        while True:
            try:
                await self.heart.beat(channel)
            except Exception as error:  # noqa: BLE001  (whatever the layer raises)
                self._out_of_reach(error)
            await asyncio.sleep(heartbeat.PAUSE)

    async def stay_connected(self) -> None:
        while True:
            await asyncio.sleep(COME_BACK)
            try:
                await come_back(self._layer, self.number)
            except Exception as error:  # noqa: BLE001
                self._out_of_reach(error)


class Shards:
    """All of them, for one hub."""

    def __init__(self, layer: Any, hub: str, returned: Callable[[], None], out_of_reach: Any) -> None:
        self._layer = layer
        self.all = [Shard(layer, number, hub, returned, out_of_reach) for number in range(how_many(layer))]

    def of(self, topic: str) -> Shard:
        return self.all[shard_of(self._layer, topic)]

    def jobs(self) -> list[Coroutine[Any, Any, None]]:
        """What runs as long as the hub; the beats need a channel first."""
        return [job for shard in self.all for job in (shard.stay_connected(), shard.unsent.run())]

    def beats(self, channel: str) -> list[Coroutine[Any, Any, None]]:
        return [shard.beat(channel) for shard in self.all]

    def hear(self, message: dict[str, Any]) -> None:
        self.all[message["shard"]].heart.hear(message["number"])
