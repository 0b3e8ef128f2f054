"""The hub: one per process. It listens to the channel layer once, and hands each frame to this process's sockets.

A Channels consumer normally owns a layer channel each, so that every message crosses a queue and a task per socket. Here the
layer delivers once per process, and a loop writes the same text to each socket.

The layer may lose messages and says nothing about it. So the hub hears its own heartbeat through the layer; when beats were
missed and come again, it asks its sockets to compare versions once more. That, and not the layer, is the delivery guarantee.
"""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from contextvars import Context
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer  # noqa: TID251  (this is the one door)
from django.conf import settings

from chatpoc.live import companions, counters, staleness, tags
from chatpoc.live.crowds import with_spread
from chatpoc.live.rechecks import Rechecks
from chatpoc.live.shards import Shards, forget_channels
from chatpoc.live.states import States
from chatpoc.live.subscriptions import Subscriptions
from chatpoc.live.topics import Socket, Topic

logger = logging.getLogger(__name__)

AGAIN = 2  # seconds until what the layer did not confirm is tried again
KEEPALIVE = 10  # times that, between the frames that tell a browser that its socket is alive: 20 s
PATIENT = 2  # seconds for a name of its own, which one of the layer's servers gives
HINTS = 0.25  # seconds between two hints of a topic, at least: a page refetches four times a second at most
BATCH = 50  # sockets served before others on this loop get a turn: about 3 ms
REWATCH = json.dumps({"rewatch": True})
ALIVE = json.dumps({"alive": True})


class Hub:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.id = uuid.uuid4().hex
        self.sockets: set[Socket] = set()
        self._layer: Any = get_channel_layer()
        self.subscriptions = Subscriptions(self._layer, _out_of_reach)
        self.topics = self.subscriptions.topics
        self.states = States(self.topics, self._tell)
        self.companions = [make() for make in companions.makers]
        self._tasks: list[asyncio.Task[None]] = []
        self.shards = Shards(self._layer, self.id, self._ask_all, _out_of_reach)
        self.rechecks = Rechecks(self.remove)
        self._asking: asyncio.Task[None] | None = None
        self._to_ask = False  # the layer was away since everyone was asked
        self._jobs: set[asyncio.Task[None]] = set()

    # What the consumer calls

    def add(self, socket: Socket) -> None:
        self.sockets.add(socket)
        self.rechecks.looked(socket)
        if not self._tasks:
            from chatpoc.live import insight, outbox

            jobs = [self._listen(), *self.subscriptions.jobs(), *self.shards.jobs(), self._tick(), self.states.run()]
            jobs += [self.rechecks.run(), insight.follow(self)]
            jobs += [companion.run() for companion in self.companions]
            jobs += [outbox.follow()] if settings.LIVE_OUTBOX else []
            # Of nobody: their lines in the log are not of the socket that happened to be first.
            self._tasks = [asyncio.create_task(job, context=Context()) for job in jobs]

    def opened(self, socket: Socket) -> None:
        for companion in self.companions if socket in self.sockets else ():
            companion.opened(socket)

    def renewed(self, socket: Socket) -> None:
        for companion in self.companions if socket in self.sockets else ():
            companion.renewed(socket)

    def hears(self, word: str) -> Callable[[Socket, object], None] | None:
        return next((companion.words[word] for companion in self.companions if word in companion.words), None)

    def remove(self, socket: Socket) -> None:
        """Forget a socket that is gone; needs no await, so nothing can interrupt it half-way."""
        self.subscriptions.leave(socket, set(socket.topics))
        self.states.forget(socket)
        self.rechecks.forget(socket)
        if socket in self.sockets:
            self.sockets.discard(socket)
            for companion in self.companions:
                companion.closed(socket)

    def hears_itself(self) -> bool:
        """Whether its beats come back, of late, from everywhere; as long as nobody is here, none are sent."""
        begun = bool(self.subscriptions.channel) or not self._tasks
        return begun and all(shard.heart.is_heard for shard in self.shards.all)

    async def stop(self) -> None:
        if self._tasks:
            await asyncio.gather(*(companion.stop() for companion in self.companions))
        pending = {task for task in (*self._tasks, self._asking, *self._jobs) if task}
        self._tasks, self._asking = [], None
        while pending:
            for task in pending:
                task.cancel()  # redis-py swallows one now and then, so until they are done
            _, pending = await asyncio.wait(pending, timeout=0.2)

    # The layer's side

    async def _listen(self) -> None:
        """Hand on what the layer delivers. One reader, so frames keep their order; the task is kept in `_tasks`, since the
        pub/sub layer unsubscribes when this coroutine is collected."""
        while not self.subscriptions.channel:
            try:
                channel = await asyncio.wait_for(self._layer.new_channel(), PATIENT)  # it may fall to one that hangs
                self.subscriptions.begin(channel)
                for beats in self.shards.beats(channel):
                    self.start(beats)
            except Exception as error:  # noqa: BLE001  (whatever the layer raises)
                _out_of_reach(error)
                forget_channels(self._layer)
                await asyncio.sleep(1)
        while True:
            try:
                await self._handle(await self._layer.receive(self.subscriptions.channel))
            except Exception:
                logger.exception("The hub could not handle what the layer sent.")
                await asyncio.sleep(0)

    async def _handle(self, message: dict[str, Any]) -> None:
        if message["type"] == "beat":
            self.shards.hear(message)
        elif message["type"] == "rewatch":
            await self._rewatch(message["topics"])
        elif message.get("done_by") != self.id:
            await self._act(message)

    def shut_out(self, message: dict[str, Any]) -> None:
        """What shuts people out is done here before the layer has it, which may be slow, or away."""
        self.start(self._act(message))

    async def _act(self, message: dict[str, Any]) -> None:
        if topic := self.topics.get(message["topic"]):
            await getattr(self, f"_on_{message['type']}")(topic, message)

    async def _on_fence(self, topic: Topic, message: dict[str, Any]) -> None:
        if self.subscriptions.confirm(topic, message):
            await self._tell(topic.sockets, REWATCH)

    async def _on_frame(self, topic: Topic, message: dict[str, Any]) -> None:
        staleness.stale(message.get("stale", ()), message.get("at", 0))
        await self._hand_on(topic, message["topic"], message["text"])
        if at := message.get("at"):  # by the clock of who sent it, which may be another's
            counters.deliveries.labels(counters.type_of(message["topic"])).observe(max(0.0, time.time() - at))

    async def _rewatch(self, topics: list[str]) -> None:
        """Some process could not send what these topics should have heard."""
        audience = set().union(*(self.topics[name].sockets for name in topics if name in self.topics))
        self.rechecks.doubt(audience)  # what they missed may be that they were shut out
        await self._tell(audience, REWATCH)

    async def _on_close(self, topic: Topic, message: dict[str, Any]) -> None:
        for socket in list(topic.sockets):
            if message["socket"] in {"", socket.id}:
                with suppress(Exception):  # it is closing, or broken: that must not keep the others open
                    await socket.shut(message["code"])

    async def _on_doubt(self, _topic: Topic, message: dict[str, Any]) -> None:
        self.states.doubt(message["tags"])

    async def _on_signal(self, _topic: Topic, message: dict[str, Any]) -> None:
        self.states.signal(message["topic"], message["name"], message["key"], message["value"])

    async def _on_hint(self, topic: Topic, message: dict[str, Any]) -> None:
        """At once if it is the first for a while; else the last of each tag, when the while is over."""
        staleness.stale(message.get("stale", ()), message.get("at", 0))
        self.states.doubt([message["tag"]])
        if tags.is_right(message["tag"]):  # not for the browser: what its sockets may hear may have changed
            self.rechecks.doubt(topic.sockets)
            return
        if tags.is_about_itself(message["tag"]):
            self.rechecks.doubt(topic.sockets)
        wait = topic.hinted_at + HINTS - self.loop.time()
        if wait > 0:
            if topic.next_hints is None:
                topic.next_hints = {}
                self.loop.call_later(wait, self._hand_on_hints, topic)
            topic.next_hints[message["tag"]] = message["text"]
            return
        topic.hinted_at = self.loop.time()
        await self._hand_on(topic, message["tag"], message["text"])

    def _hand_on_hints(self, topic: Topic) -> None:
        hints, topic.next_hints = topic.next_hints or {}, None
        topic.hinted_at = self.loop.time()
        for tag, text in hints.items():
            self.start(self._hand_on(topic, tag, text))

    async def _hand_on(self, topic: Topic, tag: str, text: str) -> None:
        counters.frames.labels(counters.type_of(tag)).inc(len(topic.sockets))
        await self._tell(topic.sockets, with_spread(text, len(topic.sockets)))

    def start(self, job: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(job)
        self._jobs.add(task)  # a strong reference: the loop keeps only a weak one
        task.add_done_callback(self._jobs.discard)

    async def _tick(self) -> None:
        from chatpoc.live import outbox  # which needs the hub

        ticks = 0
        while True:
            due = self.loop.time() + AGAIN
            await asyncio.sleep(AGAIN)
            counters.lateness.observe(max(0.0, self.loop.time() - due))
            ticks += 1
            self.subscriptions.try_again()
            if ticks % KEEPALIVE == 0:
                self.start(self._tell(self.sockets, ALIVE))
                self.start(outbox.collect())

    def _ask_all(self) -> None:
        """Everyone compares versions once more, spread over time. Who was asked already has to once more, if the layer was away
        again meanwhile."""
        from chatpoc.live import outbox  # which needs the hub

        self._to_ask = True
        self.start(outbox.collect())
        if not self._asking or self._asking.done():
            self._asking = self.loop.create_task(self._ask_while_needed())

    async def _ask_while_needed(self) -> None:
        while self._to_ask:
            self._to_ask = False
            await self._ask(list(self.sockets))

    async def _ask(self, sockets: list[Socket]) -> None:
        """A page that does not ask is asked about: what it may hear may have changed while the layer was away."""
        self.rechecks.doubt(sockets)
        await self._tell(set(sockets), REWATCH, pause=0.1)

    async def _tell(self, audience: Collection[Socket], text: str, *, pause: float = 0) -> None:
        """Write `text` to each of them; after every BATCH others get a turn, or a `pause` in seconds spreads the answers."""
        for count, socket in enumerate(list(audience), start=1):
            if socket in audience and socket in self.sockets:  # and did not leave while others were served
                try:
                    if not await self.rechecks.hold(socket, audience, text):
                        await socket.deliver(text)
                except Exception:  # noqa: BLE001  (it is closing, or broken: that must not silence the others)
                    self.remove(socket)
            if count % BATCH == 0:
                await asyncio.sleep(pause)


def _out_of_reach(error: Exception) -> None:
    logger.warning("The channel layer is out of reach (%s); trying again.", error)


_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def current_hub() -> Hub:
    """The hub of the running loop; a process has one, tests have one per loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def running_hub() -> Hub | None:
    """The hub of this process, if it is a server. For callers on any thread."""
    return next((hub for hub in list(_hubs.values()) if hub.loop.is_running()), None)
