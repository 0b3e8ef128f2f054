"""From a committed write to the hubs of every process. What is sent are hints: the layer may lose them, the write stands."""

import asyncio
import json
import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer  # noqa: TID251  (this is the one door)

from chatpoc.live import counters, outbox, tags
from chatpoc.live.hub import running_hub
from chatpoc.live.states import TOPIC as STATES
from chatpoc.live.topics import group_name

logger = logging.getLogger(__name__)


def publish(topic: str, frame: Mapping[str, Any], *, stale: Iterable[str] = (), at: float | None = None) -> None:
    """Send `frame` to everyone who watches `topic`, on every process. One publish, whoever listens; never raises.

    The tags in `stale` travel with it, instead of a hint each: their types are declared with `topics_of` this one's.
    `at`: when that was committed which it tells of, in Unix time; now, if it is left out.
    """
    at = at or time.time()
    counters.sends.labels(counters.type_of(topic)).inc()
    if names := set(stale):
        from chatpoc.live import invalidation, versions

        invalidation.renew(names, at)
        frame = {**frame, "stale": versions.current(names)}
    outbox.leave({topic, *names})
    text = json.dumps(frame, separators=(",", ":"))
    _send(topic, {"type": "frame", "topic": topic, "text": text, "stale": sorted(names), "at": at})


def hint(topic: str, tag: str, frame: Mapping[str, Any], at: float) -> None:
    """Like publish; but while hints for a tag come faster than pages refetch, the hub hands on just the last.

    `at`: when the tag became stale, in Unix time.
    """
    counters.hints.labels(counters.type_of(tag)).inc()
    text = json.dumps(frame, separators=(",", ":"))
    _send(topic, {"type": "hint", "topic": topic, "tag": tag, "text": text, "stale": [tag], "at": at})


def close(topic: str, code: int, *, socket: str = "") -> None:
    """Close every socket that listens to `topic`, or the one of them with this id, on every process, with `code`."""
    _send(topic, {"type": "close", "topic": topic, "code": code, "socket": socket})


def look_again(states_of: Iterable[str]) -> None:
    """These states (`presence:7`) may have another value now; pages that show them are told within a second."""
    if names := sorted(set(states_of)):
        _send(STATES, {"type": "doubt", "topic": STATES, "tags": names})


def signal(topic: str, name: str, key: str, value: str) -> None:
    """Tell those who watch the tag `topic`, within a second, and keep it nowhere: `{name: {topic: {key: value}}}`."""
    _send(topic, {"type": "signal", "topic": topic, "name": name, "key": key, "value": value})


def _send(topic: str, message: dict[str, Any]) -> None:
    if hub := running_hub():
        if message["type"] == "close" or tags.is_right(message.get("tag", "")):
            message["done_by"] = hub.id
            hub.loop.call_soon_threadsafe(hub.shut_out, message)
        # The server's own loop sends, so the request does not wait for a slow or dead Redis.
        hub.loop.call_soon_threadsafe(_start, topic, message)
        return
    try:
        asyncio.get_running_loop()
    except RuntimeError:  # a command, a shell, a thread: nothing runs here that could send later
        async_to_sync(_deliver)(topic, message)
    else:
        _start(topic, message)


_sending: set[asyncio.Task[None]] = set()  # strong references: the loop keeps only weak ones


def _start(topic: str, message: dict[str, Any]) -> None:
    task = asyncio.get_running_loop().create_task(_deliver(topic, message))
    _sending.add(task)
    task.add_done_callback(_sending.discard)


async def _deliver(topic: str, message: dict[str, Any]) -> None:
    layer: Any = get_channel_layer()
    try:
        await layer.group_send(group_name(topic), message)
    except Exception as error:  # noqa: BLE001  (a broken layer never breaks the write)
        logger.warning("A hint for %s was not sent (%s); pages catch up by version.", topic, error)
        counters.lost.labels(message["type"]).inc()
        if hub := running_hub():  # a command ends before it could say so later
            hub.shards.of(topic).unsent.note(topic, message)
