"""The groups of the layer that this process belongs to: one for each topic to which some socket here listens."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from chatpoc.live.shards import how_many, shard_of
from chatpoc.live.topics import HEARD, Socket, Topic, group_name

CONFIRM = 1  # seconds that a join waits for the layer to confirm the subscription
FENCE = 0.1  # seconds that it waits for the first fence


class Subscriptions:
    def __init__(self, layer: Any, out_of_reach: Callable[[Exception], None]) -> None:
        self.topics: dict[str, Topic] = {}
        self.channel = ""  # of this process; empty until the layer gave us one
        self._layer, self._out_of_reach = layer, out_of_reach
        # Of each shard: the topics whose group membership may have to change, and what wakes the task that looks at them.
        self._changed: list[set[str]] = [set() for _ in range(how_many(layer))]
        self._wakes = [asyncio.Event() for _ in self._changed]
        self._numbered = 0

    def begin(self, channel: str) -> None:
        self.channel = channel
        self._wake_all()

    async def join(self, socket: Socket, topics: set[str]) -> None:
        """Let `socket` hear `topics`. When this returns the layer has confirmed it, or is out of reach: then the hub asks
        the socket to watch again as soon as it is back."""
        for name in topics - socket.topics:
            topic = self.topics.get(name) or self.topics.setdefault(name, Topic())
            topic.sockets.add(socket)
            self._look_at(name)
        socket.topics |= topics  # at once: a set that grows by one at a time takes twice the memory
        for topic in await self._unconfirmed({name: self.topics[name] for name in topics}):
            topic.late = True

    def leave(self, socket: Socket, topics: set[str]) -> None:
        for name in topics & socket.topics:
            socket.topics.discard(name)
            self.topics[name].sockets.discard(socket)
            if not self.topics[name].sockets:
                self._look_at(name)

    def confirm(self, topic: Topic, message: dict[str, Any]) -> bool:
        """A fence came back. Returns whether somebody stopped waiting for it, and has to watch once more."""
        if (message["hub"], message["subscription"]) != (self.channel, topic.subscription):
            return False
        topic.confirm()
        late, topic.late = topic.late, False
        return late

    def try_again(self) -> None:
        """What is not confirmed by now may be lost."""
        for name, topic in self.topics.items():
            if topic.confirmed is not HEARD:
                self._changed[shard_of(self._layer, name)].add(name)
        self._wake_all()

    def jobs(self) -> list[Coroutine[Any, Any, None]]:
        return [self._run(changed, wake) for changed, wake in zip(self._changed, self._wakes, strict=True)]

    async def _run(self, changed: set[str], wake: asyncio.Event) -> None:
        """Join and leave the groups of a shard as topics gain their first and lose their last socket. One task does it, looking
        at what is wanted now, so that quick joins and leaves cannot overtake each other."""
        while True:
            await wake.wait()
            wake.clear()
            while changed and self.channel:
                name = changed.pop()
                try:
                    await self._follow(name)
                except Exception as error:  # noqa: BLE001  (whatever the layer raises)
                    self._out_of_reach(error)
                    changed.add(name)  # for the next beat
                    break

    def _look_at(self, name: str) -> None:
        shard = shard_of(self._layer, name)
        self._changed[shard].add(name)
        self._wakes[shard].set()

    def _wake_all(self) -> None:
        for wake in self._wakes:
            wake.set()

    async def _unconfirmed(self, topics: dict[str, Topic]) -> list[Topic]:
        """Wait for the layer to confirm these; returns those that it did not."""
        loop = asyncio.get_running_loop()
        ends, patience = loop.time() + CONFIRM, FENCE
        while waiting := {name: topic for name, topic in topics.items() if not topic.confirmed.is_set()}:
            if loop.time() >= ends:
                break
            try:
                await asyncio.wait_for(
                    asyncio.gather(*(topic.confirmed.wait() for topic in waiting.values())), patience
                )
            except TimeoutError:
                patience *= 2  # or those who wait would make each other wait
                for name, topic in waiting.items():
                    if topic.subscription:
                        self._look_at(name)  # its fence overtook the subscription, and is lost: send another
        return list(waiting.values())

    async def _follow(self, name: str) -> None:
        if not (topic := self.topics.get(name)):
            return
        if topic.sockets and not topic.confirmed.is_set():
            if not topic.subscription:
                await self._layer.group_add(group_name(name), self.channel)
                self._numbered += 1
                topic.subscription = self._numbered
            # Redis may see a publish before our subscription, which travels on another connection. Once this comes back,
            # nothing can be missed.
            fence = {"type": "fence", "topic": name, "hub": self.channel, "subscription": topic.subscription}
            await self._layer.group_send(group_name(name), fence)
        elif not topic.sockets:
            topic.subscription = 0
            topic.confirmed = asyncio.Event()  # who joins during the next await has to wait for a new subscription
            await self._layer.group_discard(group_name(name), self.channel)
            if not topic.sockets:
                del self.topics[name]
