"""How a hub knows that one of the layer's shards reaches it: it sends itself numbered beats, and counts those that it hears."""

from collections.abc import Callable
from typing import Any

from chatpoc.live.reconnects import call_on_reconnect, hang_up
from chatpoc.live.topics import group_name

PAUSE = 2.0  # seconds between two beats
DEAF = 3  # beats missed, after which the connection to the shard is made anew


class Heartbeat:
    def __init__(self, layer: Any, shard: int, topics: tuple[str, str], returned: Callable[[], None]) -> None:
        """`topics`: two that live on this shard, of which the first is for the beats, and for nobody else."""
        self.layer, self.shard, self.topics, self.returned = layer, shard, topics, returned
        self.sent = self.heard = 0
        self.deaf = self.joined = False

    async def beat(self, channel: str) -> None:
        """Send the next one. Raises what the layer raises."""
        if not self.joined:
            self.sent += 1
            await self._join(channel)
            self.heard = self.sent  # as if it were: one that is sent now might overtake the subscription
            return
        missed = self.sent - self.heard
        self.deaf = self.deaf or missed > 0
        self.sent += 1
        self._listen()
        if missed and missed % DEAF == 0:
            await hang_up(self.layer, self.shard)  # a connection that died without a word
        beat = {"type": "beat", "shard": self.shard, "number": self.sent}
        await self.layer.group_send(group_name(self.topics[0]), beat)

    @property
    def is_heard(self) -> bool:
        return self.sent - self.heard < DEAF

    def hear(self, number: int) -> None:
        self.heard = number
        if self.deaf:
            self.reconnected()

    def reconnected(self, _connection: object = None) -> None:
        """The shard is back after an outage: what was sent meanwhile is known to the database alone."""
        self.deaf = False
        self.returned()

    async def _join(self, channel: str) -> None:
        """What a topic here missed before, its own fence makes good."""
        for topic in self.topics:
            await self.layer.group_add(group_name(topic), channel)
        self.joined = True
        self._listen()

    def _listen(self) -> None:
        """Hear of every reconnect, as long as the connection is the one that there is now."""
        call_on_reconnect(self.layer, self.shard, self.reconnected)
