"""Whether the layer carries: what one says is heard again. For `manage.py doctor`, in a loop of its own."""

import asyncio
import contextlib
import time
from typing import Any
from uuid import uuid4

from channels.layers import get_channel_layer  # noqa: TID251  (the engine)

from chatpoc.live.shards import how_many, topic_on
from chatpoc.live.topics import group_name

AGAIN = 0.2  # seconds; Redis may see the subscription after the first word


async def hear_oneself() -> float:
    """Joins a group, says a word to it, and again once it was heard: returns how many seconds the second took, for which
    everything was connected; of a layer on several servers, at the slowest. Waits for ever; raises what the layer raises."""
    layer: Any = get_channel_layer()
    return max([await _hear_oneself_at(layer, shard) for shard in range(how_many(layer))])


async def _hear_oneself_at(layer: Any, shard: int) -> float:
    channel, group = await layer.new_channel(), group_name(topic_on(layer, shard, f"doctor:{uuid4().hex}"))
    await layer.group_add(group, channel)
    try:
        await _say_and_hear(layer, group, channel)
        return await _say_and_hear(layer, group, channel)
    finally:
        await layer.group_discard(group, channel)


async def _say_and_hear(layer: Any, group: str, channel: str) -> float:
    while True:
        word, said = uuid4().hex, time.monotonic()
        await layer.group_send(group, {"type": "echo", "word": word})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AGAIN):
                while (await layer.receive(channel)).get("word") != word:
                    pass
                return time.monotonic() - said
