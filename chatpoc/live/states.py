"""States: small values that change by themselves, such as who is here. A page watches them like tags, and is told the value.

Whoever changes one says `look_again`; that is a hint, which may be lost, doubled or late, and carries no value. Each process
then reads those that its own pages show, after the hint, so the last look is always the true one. What is new goes to each
socket in one frame, at most once a second; whoever begins to watch is answered at once.

Signals ride in the same frame: words that nothing keeps, such as that somebody is typing.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatpoc.live import tags
from chatpoc.live.threads import in_thread
from chatpoc.live.topics import Socket, Topic

logger = logging.getLogger(__name__)

PACE = 1.0  # seconds between two frames of what changed
SETTLE = 0.1  # seconds in which those who begin to watch are gathered, to be answered from one look
FRESH = 3.0  # seconds for which a signal is news; it says what somebody does now
AGAIN = 1.0  # seconds until what could not be read is read again
UNKNOWN = "?"  # a value that no state has
TOPIC = "states"  # every socket's: hints about states are few, and are meant for every process

Signal = tuple[str, str]  # its topic and its name
Values = Callable[[list[str]], Mapping[str, str]]  # of these ids, the value now; "" is for unknown


@dataclass(frozen=True)
class Kind:
    values: Values
    after: frozenset[str] = frozenset()
    like: frozenset[str] = frozenset()


kinds: dict[str, Kind] = {}


def declare_state(
    name: str, may_watch: tags.MayWatch, values: Values, *, after: Iterable[str] = (), like: Iterable[str] = ()
) -> None:
    """A kind of state. `values` reads the database, in a thread of its own; an id that it leaves out stays as it was.

    `after`: tag types and other kinds whose change may change these, whatever their ids; `like`: with the same id.
    """
    tags.register(name, may_watch=may_watch, state=True)
    kinds[name] = Kind(values, frozenset(after), frozenset(like))


def read(names: Iterable[str]) -> dict[str, str]:
    """The value of each state now. One call for each kind."""
    ids: dict[str, list[str]] = defaultdict(list)
    for name in names:
        kind, _, id_ = name.partition(":")
        ids[kind].append(id_)
    return {f"{kind}:{id_}": value for kind, wanted in ids.items() for id_, value in kinds[kind].values(wanted).items()}


@dataclass(frozen=True, eq=False)
class Audience:
    """Those for whom a frame was made, without who lost something since: it may tell of just that."""

    sockets: set[Socket]
    lost_at: Mapping[Socket, int]
    number: int

    def __iter__(self) -> Iterator[Socket]:
        return iter(self.sockets)

    def __len__(self) -> int:
        return len(self.sockets)

    def __contains__(self, socket: object) -> bool:
        return socket in self.sockets and self.lost_at.get(socket, -1) < self.number


class States:
    """What the pages of one process are told of states and signals. All of it on the hub's loop."""

    def __init__(self, topics: Mapping[str, Topic], tell: Callable[[Collection[Socket], str], Awaitable[None]]) -> None:
        self.followers: dict[str, set[Socket]] = {}
        self._topics, self._tell = topics, tell
        self._followed: dict[Socket, tuple[str, ...]] = {}  # a set takes five times the memory
        self._told: dict[str, str | None] = {}  # the value that all followers have; None when they differ
        self._asked: dict[Socket, dict[str, str]] = {}  # who waits for an answer, and what they have
        self._doubted: set[str] = set()
        self._signals: dict[Signal, dict[str, str]] = defaultdict(dict)
        self._pushed_at = 0.0
        self._number = 0  # of the frames that were made last
        self._lost_at: dict[Socket, int] = {}  # what the number was
        self._wake = asyncio.Event()

    # What the consumer calls

    def follow(self, socket: Socket, known: Mapping[str, str]) -> None:
        """From now on `socket` follows just these; the page has these values."""
        self.unfollow(socket, set(self._followed.get(socket, ())) - known.keys())
        if not known:
            return
        self._followed[socket] = tuple(known)
        for tag in known:
            self.followers.setdefault(tag, set()).add(socket)
        self._asked[socket] = dict(known)
        self._wake.set()

    def unfollow(self, socket: Socket, lost: set[str]) -> None:
        followed = self._followed.get(socket, ())
        for tag in lost.intersection(followed):
            self.followers[tag].discard(socket)
            if not self.followers[tag]:
                del self.followers[tag]
                self._told.pop(tag, None)
        if left := tuple(tag for tag in followed if tag not in lost):
            self._followed[socket] = left
        else:
            self._followed.pop(socket, None)
            self._asked.pop(socket, None)

    def lose(self, socket: Socket, lost: set[str]) -> None:
        """It may follow these no longer. A frame on its way to it may tell of them, and is dropped whole: it is told the others
        once more."""
        self._lost_at[socket] = self._number
        self.unfollow(socket, lost)
        self.follow(socket, dict.fromkeys(self._followed.get(socket, ()), UNKNOWN))

    def forget(self, socket: Socket) -> None:
        self._lost_at.pop(socket, None)
        self.unfollow(socket, set(self._followed.get(socket, ())))

    # What the layer brings

    def doubt(self, names: Iterable[str]) -> None:
        """These tags, states or whole types are not what they were; so may be what comes after them."""
        new: set[str] = set()
        for name in names:
            type_, colon, id_ = name.partition(":")
            new |= {kind for kind, what in kinds.items() if type_ in what.after}
            alike = {name} | {kind + colon + id_ for kind, what in kinds.items() if type_ in what.like}
            new |= {tag for tag in alike if tag in self.followers or tag in kinds}
        if new:
            self._doubted |= new
            self._wake.set()

    def signal(self, topic: str, name: str, key: str, value: str) -> None:
        self._signals[topic, name][key] = value
        self._wake.set()

    # The one reader, so that no older look overtakes a younger one

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            await asyncio.sleep(SETTLE)
            self._wake.clear()
            wait = self._pushed_at + PACE - loop.time()
            if wait > 0 and (self._doubted or self._signals):
                loop.call_later(wait, self._wake.set)
            try:
                await self._serve(push=wait <= 0)
            except Exception:
                logger.exception("States could not be read; trying again.")
                await asyncio.sleep(AGAIN)
                self._wake.set()

    async def _serve(self, *, push: bool) -> None:
        began = asyncio.get_running_loop().time()
        asked, self._asked = self._asked, {}
        doubted = self._take_doubted() if push else set()
        signals, self._signals = (self._signals, defaultdict(dict)) if push else ({}, self._signals)
        wanted = doubted.union(*asked.values())
        try:
            values = await in_thread(read, wanted) if wanted else {}
        except Exception:
            self._asked = asked | self._asked
            self._doubted |= doubted
            raise
        frames: dict[Socket, dict[str, str]] = defaultdict(dict)
        self._answer(asked, values, frames)
        self._pass_on({tag: values[tag] for tag in doubted & values.keys()}, frames)
        now = asyncio.get_running_loop().time()
        if doubted or signals:
            self._pushed_at = now
        await self._send(frames, signals if now - began < FRESH else {})

    def _take_doubted(self) -> set[str]:
        doubted, self._doubted = self._doubted, set()
        if whole := doubted & kinds.keys():
            doubted |= {tag for tag in self.followers if tag.partition(":")[0] in whole}
        return doubted & self.followers.keys()

    def _answer(
        self, asked: dict[Socket, dict[str, str]], values: dict[str, str], frames: dict[Socket, dict[str, str]]
    ) -> None:
        for socket, known in asked.items():
            followed = set(self._followed.get(socket, ()))
            news = {tag: values[tag] for tag, had in known.items() if tag in followed and values.get(tag, had) != had}
            if news:
                frames[socket] |= news
        for tag in set().union(*asked.values()) & values.keys() & self.followers.keys():
            if self._told.setdefault(tag, values[tag]) != values[tag]:  # its hint is still on the way, or was lost
                self._told[tag] = None
                self.doubt([tag])

    def _pass_on(self, values: dict[str, str], frames: dict[Socket, dict[str, str]]) -> None:
        for tag, value in values.items():
            if self._told.get(tag) != value and tag in self.followers:
                self._told[tag] = value
                for socket in self.followers[tag]:
                    frames[socket][tag] = value

    async def _send(self, states: dict[Socket, dict[str, str]], signals: dict[Signal, dict[str, str]]) -> None:
        """One frame for each socket; those who hear the same get the same text."""
        self._number += 1
        heard: dict[Socket, tuple[Signal, ...]] = defaultdict(tuple)
        for topic, name in signals:
            for socket in self._topics[topic].sockets if topic in self._topics else ():
                if topic in socket.watched:
                    heard[socket] += ((topic, name),)
        audiences: dict[tuple[tuple[str, ...], tuple[Signal, ...]], set[Socket]] = defaultdict(set)
        for socket in states.keys() | heard.keys():
            audiences[tuple(states[socket]), heard[socket]].add(socket)
        number = self._number  # who loses something while these go out
        for (_, words), audience in audiences.items():
            frame: dict[str, dict[str, Any]] = defaultdict(dict)
            frame["state"] = states[next(iter(audience))]
            for topic, name in words:
                frame[name][topic] = signals[topic, name]
            await self._tell(
                Audience(audience, self._lost_at, number),
                json.dumps({name: said for name, said in frame.items() if said}),
            )
