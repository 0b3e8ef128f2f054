"""How a hub knows that the layer reaches it: it sends itself numbered beats, and counts those that it hears."""

from collections.abc import Callable
from typing import Any

from chatpoc.live.reconnects import call_on_reconnect, hang_up

DEAF = 3  # beats missed, after which the connection to the layer is made anew


class Heartbeat:
    def __init__(self, layer: Any, returned: Callable[[], None]) -> None:
        self.layer, self.returned = layer, returned
        self.sent = self.heard = 0
        self.deaf = False

    def listen(self) -> None:
        """Hear of every reconnect, as long as the connection is the one that there is now."""
        call_on_reconnect(self.layer, self.reconnected)

    async def beat(self, channel: str) -> None:
        """Send the next one. Raises what the layer raises."""
        missed = self.sent - self.heard
        self.deaf = self.deaf or missed > 0
        self.sent += 1
        self.listen()
        if missed and missed % DEAF == 0:
            await hang_up(self.layer)  # a connection that died without a word
        await self.layer.send(channel, {"type": "beat", "number": self.sent})

    def hear(self, number: int) -> None:
        self.heard = number
        if self.deaf:
            self.reconnected()

    def reconnected(self, _connection: object = None) -> None:
        """The layer is back after an outage: what was sent meanwhile is known to the database alone."""
        self.deaf = False
        self.returned()
