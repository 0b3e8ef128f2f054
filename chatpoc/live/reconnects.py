"""What the pub/sub layer does not do: tell that its connection was cut and made again, notice one that is dead, and come back
as soon as Redis does.

Its `on_reconnect` option is accepted and never called, so this reaches for the connection inside. An outage that is long
enough to miss a heartbeat is noticed without it; this one notices the short ones too.
"""

from collections.abc import Callable, Iterator
from typing import Any

from redis.exceptions import RedisError

NOBODY = "chatpoc.nobody"  # a channel without listeners


async def hang_up(layer: Any) -> None:
    """Let go of the connection that subscriptions come through; the layer makes another and subscribes again."""
    for _, connection in _connections(layer):
        await connection.disconnect()


async def come_back(layer: Any) -> None:
    """Try to make a lost connection anew. After each error the layer's own receiver sleeps for a second and writes a
    traceback, so while there is no connection it does not run."""
    for shard, connection in _connections(layer):
        if connection.is_connected:
            continue
        async with shard._lock:  # else somebody who subscribes would connect too
            if shard._receive_task is not None:
                shard._receive_task.cancel()
                shard._receive_task = None
            try:
                await connection.connect()  # and subscribe again, and call back
            except (RedisError, OSError):
                continue
            shard._ensure_receiver()


async def reach(layer: Any) -> None:
    """Say something that nobody hears to every server of the layer. Raises what the first raises that is out of reach."""
    inner = layer._get_layer() if hasattr(layer, "_get_layer") else None
    for shard in getattr(inner, "_shards", ()):
        await shard.publish(NOBODY, b"")


def call_on_reconnect(layer: Any, callback: Callable[[object], None]) -> None:
    """Call the bound method `callback` whenever a subscription of `layer` is made anew. Asking again changes nothing."""
    for _, connection in _connections(layer):
        connection.register_connect_callback(callback)


def _connections(layer: Any) -> Iterator[tuple[Any, Any]]:
    """Each shard, and the connection that its subscriptions come through."""
    inner = layer._get_layer() if hasattr(layer, "_get_layer") else None
    for shard in getattr(inner, "_shards", ()):
        if (connection := getattr(shard._pubsub, "connection", None)) is not None:
            yield shard, connection
