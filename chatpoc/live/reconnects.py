"""What the pub/sub layer does not do: tell that its connection was cut and made again, and notice one that is dead.

Its `on_reconnect` option is accepted and never called, so this reaches for the connection inside. An outage that is long
enough to miss a heartbeat is noticed without it; this one notices the short ones too.
"""

from collections.abc import Callable
from typing import Any


async def hang_up(layer: Any) -> None:
    """Let go of the connection that subscriptions come through; the layer makes another and subscribes again."""
    for connection in _connections(layer):
        await connection.disconnect()


def call_on_reconnect(layer: Any, callback: Callable[[object], None]) -> None:
    """Call the bound method `callback` whenever a subscription of `layer` is made anew. Asking again changes nothing."""
    for connection in _connections(layer):
        connection.register_connect_callback(callback)


def _connections(layer: Any) -> list[Any]:
    inner = layer._get_layer() if hasattr(layer, "_get_layer") else None
    found = (getattr(shard._pubsub, "connection", None) for shard in getattr(inner, "_shards", ()))
    return [connection for connection in found if connection is not None]
