"""One tab: a socket that comes back, and conversations that catch up, as static/js/live.js and htmx's hx-ws do it."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.faults.catching_up import CatchingUp
from tests.faults.exchange import Answer, NoAnswer, ask
from tests.faults.journal import Journal
from tests.faults.line import BROKEN, Line, connect
from tests.faults.log import Frame, Log, Shown

COMES_BACK = {1001, 1005, BROKEN, 1011, 1012, 1013, 1014, 4008, 4012}  # hx-config in templates/shell.html
DELAY, LONGEST, JITTER = 0.5, 4.0, 0.3  # seconds; the rest of it, and hx-ws's own
SILENCE, LOOK = 45.0, 10.0  # seconds without a word after which the socket is given up, and between two looks
ANSWER = 4.0  # seconds that a woken page gives its socket to answer


@dataclass
class Person:
    pk: int
    name: str
    session: str
    csrf: str
    rooms: frozenset[int]
    crowded: int = 0  # of these, the one in which everybody is


@dataclass(eq=False)
class Page:
    """`follows`: the rooms that it shows; of a stranger they are others', and the server must refuse them."""

    person: Person
    port: int
    journal: Journal
    follows: dict[int, Log]
    line: Line | None = None
    asked: float = 0.0  # for how many seconds the last answer asked to wait, if it did
    right_at: float = 0.0  # when it last showed something new
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.catching_up = CatchingUp(self)
        self.awake = asyncio.Event()
        self.awake.set()
        self.heard_at = self.loop.time()
        self.opened = asyncio.Event()  # it has been, once
        self.on_open: list[Callable[[], None]] = []
        self.allowed = self.person.rooms & self.follows.keys()

    def start(self) -> None:
        self.begin(self._stay_connected())
        self.begin(self._listen_for_silence())

    def begin(self, job: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(job)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.journal.refused.append(f"the rig itself failed: {error!r}")

    def stop(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        if self.line:
            self.line.transport.abort()

    # The socket

    async def _stay_connected(self) -> None:
        attempt, code, closed_at = 0, 0, 0.0
        while True:
            try:
                self.line = await connect(self.port, self.person.session, self.hear)
            except OSError:
                code = code or BROKEN
            else:
                if closed_at:
                    self.journal.reopened[code].append(self.loop.time() - closed_at)
                attempt = 0
                self._open()
                code = await self.line.hung_up
                self.line, closed_at = None, self.loop.time()
                self.journal.closings[code] += 1
                if code not in COMES_BACK:
                    self.journal.refused.append(f"{self.person.name}'s socket was closed for good, with {code}")
                    return
            attempt += 1
            delay = min(DELAY * 2 ** (attempt - 1), LONGEST)
            await asyncio.sleep(delay * random.uniform(1 - JITTER, 1 + JITTER))
            await self.awake.wait()

    def _open(self) -> None:
        self.heard_at = self.loop.time()
        self.watch()
        self.opened.set()
        for hear in self.on_open:
            hear()

    def watch(self) -> None:
        if self.line:
            self.line.say({"watch": {log.tag: str(log.version) for log in self.follows.values()}})

    async def _listen_for_silence(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            if self.awake.is_set() and self.loop.time() - self.heard_at > SILENCE:
                self.reopen()

    def reopen(self) -> None:
        if self.line:
            self.line.transport.abort()

    def freeze(self) -> None:
        """A laptop whose lid is shut: it reads, sends and thinks nothing."""
        self.awake.clear()
        if self.line:
            self.line.transport.pause_reading()

    def thaw(self) -> None:
        self.awake.set()
        if self.line:
            self.line.transport.resume_reading()
            self.watch()
            self.loop.call_later(ANSWER, self._reopen_if_silent_since, self.loop.time())

    def _reopen_if_silent_since(self, asked: float) -> None:
        if self.heard_at < asked:
            self.reopen()

    # What it hears

    def hear(self, frame: Frame) -> None:
        self.heard_at = self.loop.time()
        if frame.room is not None:
            if frame.room not in self.allowed:
                self.journal.leaked.append(f"{self.person.name} was pushed a message of room {frame.room}")
                return
            self.take(frame.room, frame.messages)
        for tag, version in frame.stale.items():
            self._stale(tag, version)
        if frame.more:
            self._told(frame)

    def _stale(self, tag: str, version: str) -> None:
        kind, _, id_ = tag.partition(":")
        if kind not in {"room", "activity"}:
            return
        if (room := int(id_)) not in self.allowed:
            self.journal.leaked.append(f"{self.person.name} was told that {tag} is stale")
        elif kind == "room" and version != str(self.follows[room].version):
            self.catching_up.refetch(room)

    def _told(self, frame: Frame) -> None:
        if "rewatch" in frame.more:
            self.watch()
        if error := frame.more.get("error"):
            self.journal.refused.append(f"{self.person.name}'s socket got an error: {error}")
        for tag in frame.more.get("watching", ()):
            if int(tag.partition(":")[2]) not in self.allowed:
                self.journal.leaked.append(f"{self.person.name} may watch {tag}")
        for tag in frame.more.get("refused", ()):
            if int(tag.partition(":")[2]) in self.allowed:
                self.journal.refused.append(f"{self.person.name} may not watch {tag}")

    def take(self, room: int, messages: Iterable[Shown]) -> None:
        log = self.follows[room]
        for message in messages:
            if log.take(message):
                self.journal.deliveries += 1
                self.right_at = self.loop.time()
        self.catching_up.mind_the_gap(room)

    async def get(self, path: str) -> Answer | None:
        """None where a page would try again later."""
        await self.awake.wait()
        self.asked = 0.0
        try:
            answer = await ask(self.port, path, self.cookies)
        except NoAnswer:
            self.journal.answered(path, None)
            return None
        self.journal.answered(path, answer.status)
        self.asked = float(answer.headers.get("retry-after", 0))
        if answer.status in {401, 403, 404}:
            self.journal.refused.append(f"{self.person.name} got {answer.status} for {path}")
        return answer if answer.status in {200, 304} else None

    @property
    def cookies(self) -> dict[str, str]:
        return {"sessionid": self.person.session, "csrftoken": self.person.csrf}
