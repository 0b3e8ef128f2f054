"""The hub: one per process. It listens to the channel layer once, and hands each frame to this process's sockets.

A Channels consumer normally owns a layer channel each, so that every message crosses a queue and a task per socket. Here the
layer delivers once per process, and a loop writes the same text to each socket.

The layer may lose messages and says nothing about it. So the hub hears its own heartbeat through the layer; when beats were
missed and come again, it asks its sockets to compare versions once more. That, and not the layer, is the delivery guarantee.
"""

import asyncio
import json
import logging
from collections.abc import Coroutine
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer  # noqa: TID251  (this is the one door)
from django.conf import settings

from chatpoc.live import counters, staleness
from chatpoc.live.crowds import with_spread
from chatpoc.live.heartbeat import Heartbeat
from chatpoc.live.reconnects import come_back
from chatpoc.live.topics import Socket, Topic, group_name

logger = logging.getLogger(__name__)

HEARTBEAT = 2  # seconds between the beats that the hub sends to itself
COME_BACK = 0.25  # seconds between tries to make a lost connection to the layer anew
KEEPALIVE = 10  # beats between the frames that tell a browser that its socket is alive: 20 s
CONFIRM = 1  # seconds that a join waits for the layer to confirm the subscription
FENCE = 0.1  # seconds that it waits for one fence
HINTS = 0.25  # seconds between two hints of a topic, at least: a page refetches four times a second at most
BATCH = 50  # sockets served before others on this loop get a turn: about 3 ms
REWATCH = json.dumps({"rewatch": True})
ALIVE = json.dumps({"alive": True})


class Hub:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.sockets: set[Socket] = set()
        self.topics: dict[str, Topic] = {}
        self._layer: Any = get_channel_layer()
        self._channel = ""
        self._changed: set[str] = set()  # topics whose group membership may have to change
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._subscriptions = 0  # so far, to number them
        self._heart = Heartbeat(self._layer, self._ask_all)
        self._asking: asyncio.Task[None] | None = None
        self._jobs: set[asyncio.Task[None]] = set()

    # What the consumer calls

    def add(self, socket: Socket) -> None:
        self.sockets.add(socket)
        if not self._tasks:
            from chatpoc.live import insight, outbox

            jobs = [self._listen(), self._follow_topics(), self._beat(), self._stay_connected(), insight.follow(self)]
            jobs += [outbox.follow()] if settings.LIVE_OUTBOX else []
            self._tasks = [asyncio.create_task(job) for job in jobs]

    def remove(self, socket: Socket) -> None:
        """Forget a socket that is gone; needs no await, so nothing can interrupt it half-way."""
        self.sockets.discard(socket)
        self.leave(socket, set(socket.topics))

    async def join(self, socket: Socket, topics: set[str]) -> None:
        """Let `socket` hear `topics`. When this returns the layer has confirmed it, or is out of reach: then the hub asks
        the socket to watch again as soon as it is back."""
        for name in topics - socket.topics:
            topic = self.topics.setdefault(name, Topic())
            topic.sockets.add(socket)
            socket.topics.add(name)
            self._follow(name)
        for topic in await self._unconfirmed({name: self.topics[name] for name in topics}):
            topic.late = True

    async def _unconfirmed(self, topics: dict[str, Topic]) -> list[Topic]:
        """Wait for the layer to confirm these; returns those that it did not."""
        ends = self.loop.time() + CONFIRM
        while waiting := {name: topic for name, topic in topics.items() if not topic.confirmed.is_set()}:
            if self.loop.time() >= ends:
                break
            try:
                await asyncio.wait_for(asyncio.gather(*(topic.confirmed.wait() for topic in waiting.values())), FENCE)
            except TimeoutError:
                for name, topic in waiting.items():
                    if topic.subscription:
                        self._follow(name)  # its fence overtook the subscription, and is lost: send another
        return list(waiting.values())

    def leave(self, socket: Socket, topics: set[str]) -> None:
        for name in topics & socket.topics:
            socket.topics.discard(name)
            self.topics[name].sockets.discard(socket)
            if not self.topics[name].sockets:
                self._follow(name)

    async def stop(self) -> None:
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
        while not self._channel:
            try:
                self._channel = await self._layer.new_channel()
                self._heart.listen()  # before the first beat: nothing else would notice an outage until then
            except Exception as error:  # noqa: BLE001  (whatever the layer raises)
                self._out_of_reach(error)
                await asyncio.sleep(1)
        self._wake.set()
        while True:
            try:
                await self._handle(await self._layer.receive(self._channel))
            except Exception:
                logger.exception("The hub could not handle what the layer sent.")
                await asyncio.sleep(0)

    async def _handle(self, message: dict[str, Any]) -> None:
        if message["type"] == "beat":
            self._heart.hear(message["number"])
            return
        name = message["topic"]
        if not (topic := self.topics.get(name)):
            return
        if message["type"] == "fence":
            if message["hub"] == self._channel and message["subscription"] == topic.subscription:
                topic.confirmed.set()
                if topic.late:
                    topic.late = False
                    await self._tell(topic.sockets, REWATCH)
        elif message["type"] == "frame":
            staleness.stale(message.get("stale", ()), message.get("at", 0))
            await self._hand_on(topic, name, message["text"])
        elif message["type"] == "hint":
            staleness.stale(message.get("stale", ()), message.get("at", 0))
            await self._handle_hint(topic, message)
        elif message["type"] == "close":
            for socket in list(topic.sockets):
                await socket.shut(message["code"])

    async def _handle_hint(self, topic: Topic, message: dict[str, Any]) -> None:
        """At once if it is the first for a while; else the last of each tag, when the while is over."""
        if message["topic"].startswith("access:"):  # not for the browser: what its sockets may hear may have changed
            for socket in list(topic.sockets):
                self._start(socket.recheck())
            return
        wait = topic.hinted_at + HINTS - self.loop.time()
        if wait > 0:
            if not topic.next_hints:
                self.loop.call_later(wait, self._hand_on_hints, topic)
            topic.next_hints[message["tag"]] = message["text"]
            return
        topic.hinted_at = self.loop.time()
        await self._hand_on(topic, message["tag"], message["text"])

    def _hand_on_hints(self, topic: Topic) -> None:
        hints, topic.next_hints = topic.next_hints, {}
        topic.hinted_at = self.loop.time()
        for tag, text in hints.items():
            self._start(self._hand_on(topic, tag, text))

    async def _hand_on(self, topic: Topic, tag: str, text: str) -> None:
        counters.frames.labels(counters.type_of(tag)).inc(len(topic.sockets))
        await self._tell(topic.sockets, with_spread(text, len(topic.sockets)))

    def _start(self, job: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(job)
        self._jobs.add(task)  # a strong reference: the loop keeps only a weak one
        task.add_done_callback(self._jobs.discard)

    def _follow(self, name: str) -> None:
        self._changed.add(name)
        self._wake.set()

    async def _follow_topics(self) -> None:
        """Join and leave the layer's groups as topics gain their first and lose their last socket. One task does it, looking
        at what is wanted now, so that quick joins and leaves cannot overtake each other."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._changed and self._channel:
                name = self._changed.pop()
                try:
                    await self._follow_topic(name)
                except Exception as error:  # noqa: BLE001  (whatever the layer raises)
                    self._out_of_reach(error)
                    self._changed.add(name)  # for the next beat
                    break

    async def _follow_topic(self, name: str) -> None:
        if not (topic := self.topics.get(name)):
            return
        if topic.sockets and not topic.confirmed.is_set():
            if not topic.subscription:
                await self._layer.group_add(group_name(name), self._channel)
                self._subscriptions += 1
                topic.subscription = self._subscriptions
            # Redis may see a publish before our subscription, which travels on another connection. Once this comes back,
            # nothing can be missed.
            fence = {"type": "fence", "topic": name, "hub": self._channel, "subscription": topic.subscription}
            await self._layer.group_send(group_name(name), fence)
        elif not topic.sockets:
            topic.subscription = 0
            topic.confirmed.clear()  # who joins during the next await has to wait for a new subscription
            await self._layer.group_discard(group_name(name), self._channel)
            if not topic.sockets:
                del self.topics[name]

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            self._changed |= {name for name, topic in self.topics.items() if not topic.confirmed.is_set()}
            self._wake.set()
            try:
                await self._heart.beat(self._channel)
            except Exception as error:  # noqa: BLE001  (whatever the layer raises)
                self._out_of_reach(error)
            if self._heart.sent % KEEPALIVE == 0:
                self._start(self._tell(self.sockets, ALIVE))

    async def _stay_connected(self) -> None:
        while True:
            await asyncio.sleep(COME_BACK)
            try:
                await come_back(self._layer)
            except Exception as error:  # noqa: BLE001  (whatever the layer raises)
                self._out_of_reach(error)

    def _ask_all(self) -> None:
        """Everyone compares versions once more, spread over time."""
        if not self._asking or self._asking.done():
            self._asking = self.loop.create_task(self._ask(list(self.sockets)))

    async def _ask(self, sockets: list[Socket]) -> None:
        """A page that does not ask is asked about: what it may hear may have changed while the layer was away."""
        await self._tell(set(sockets), REWATCH, pause=0.1)
        for count, socket in enumerate(sockets, start=1):
            if socket in self.sockets:
                await socket.recheck()
            if count % BATCH == 0:
                await asyncio.sleep(0.1)

    async def _tell(self, audience: set[Socket], text: str, *, pause: float = 0) -> None:
        """Write `text` to each of them; after every BATCH others get a turn, or a `pause` in seconds spreads the answers."""
        for count, socket in enumerate(list(audience), start=1):
            if socket in audience:  # and did not leave while others were served
                try:
                    await socket.deliver(text)
                except Exception:  # noqa: BLE001  (it is closing, or broken: that must not silence the others)
                    self.remove(socket)
            if count % BATCH == 0:
                await asyncio.sleep(pause)

    def _out_of_reach(self, error: Exception) -> None:
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
