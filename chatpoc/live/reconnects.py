"""The one thing that the pub/sub layer does not tell: that its connection was cut and made again.

Its `on_reconnect` option is accepted and never called, so this reaches for the connection inside. An outage that is long
enough to miss a heartbeat is noticed without it; this one notices the short ones too.
"""

from collections.abc import Callable
from typing import Any


def call_on_reconnect(layer: Any, callback: Callable[[object], None]) -> None:
    """Call the bound method `callback` whenever a subscription of `layer` is made anew. Asking again changes nothing."""
    inner = layer._get_layer() if hasattr(layer, "_get_layer") else None
    for shard in getattr(inner, "_shards", ()):
        connection = getattr(shard._pubsub, "connection", None)
        if connection is not None:
            connection.register_connect_callback(callback)
