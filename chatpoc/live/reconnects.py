"""What the pub/sub layer does not do: tell that its connection was cut and made again, notice one that is dead, and come back
as soon as Redis does. There is such a connection for each of its shards.

Its `on_reconnect` option is accepted and never called, so this reaches for the connection inside. An outage that is long
enough to miss a heartbeat is noticed without it; this one notices the short ones too.
"""

from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError

NOBODY = "chatpoc.nobody"  # a channel without listeners


async def hang_up(layer: Any, number: int) -> None:
    """Let go of the connection that subscriptions come through; the layer makes another and subscribes again."""
    _, connection = _connection(layer, number)
    if connection is not None:
        await connection.disconnect()


async def come_back(layer: Any, number: int) -> None:
    """Try to make a lost connection anew. After each error the layer's own receiver sleeps for a second and writes a
    traceback, so while there is no connection it does not run."""
    shard, connection = _connection(layer, number)
    if connection is None or connection.is_connected:
        return
    async with shard._lock:  # else somebody who subscribes would connect too
        if shard._receive_task is not None:
            shard._receive_task.cancel()
            shard._receive_task = None
        try:
            await connection.connect()  # and subscribe again, and call back
        except (RedisError, OSError):
            return
        shard._ensure_receiver()


async def reach(layer: Any) -> None:
    """Say something that nobody hears to every server of the layer. Raises what the first raises that is out of reach."""
    inner = layer._get_layer() if hasattr(layer, "_get_layer") else None
    for shard in getattr(inner, "_shards", ()):
        await shard.publish(NOBODY, b"")


def call_on_reconnect(layer: Any, number: int, callback: Callable[[object], None]) -> None:
    """Call the bound method `callback` whenever the subscriptions are made anew. Asking again changes nothing."""
    _, connection = _connection(layer, number)
    if connection is not None:
        connection.register_connect_callback(callback)


def _connection(layer: Any, number: int) -> tuple[Any, Any]:
    """The shard, and the connection that its subscriptions come through: None where there is none, or was none yet."""
    inner = layer._get_layer() if hasattr(layer, "_get_layer") else None
    if inner is None:
        return None, None
    shard = inner._shards[number]
    return shard, getattr(shard._pubsub, "connection", None)
