"""What a process's sockets listen to."""

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # topics are named before the models are loaded
    from django.contrib.auth.models import AbstractBaseUser


def group_name(topic: str) -> str:
    """The layer's name of a topic; it allows no colon."""
    return f"live.{topic.replace(':', '.')}"


class Socket(Protocol):
    """What the hub needs of a consumer."""

    id: str  # by which one of a person's sockets can be closed
    key: str  # of the session
    topics: set[str]
    watched: set[str]
    viewer: "AbstractBaseUser"
    watching: bool  # what it listens to is being changed, by its page
    looking: asyncio.Lock  # who holds it looks at what it may hear, and changes that

    def unsent(self) -> int: ...
    async def deliver(self, text: str) -> None: ...
    async def found(self, viewer: "AbstractBaseUser | None", allowed: set[str]) -> None: ...
    async def shut(self, code: int) -> None: ...


# Of every topic that is confirmed: an event of its own takes 0.8 KB, and a socket has several topics.
HEARD = asyncio.Event()
HEARD.set()


class Topic:
    """Who listens to it in this process, and whether the layer is known to. There are several of each socket: it is small."""

    __slots__ = ("confirmed", "hinted_at", "late", "next_hints", "sockets", "subscription")

    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self.subscription = 0  # its number; 0 while the layer does not send us this topic
        self.confirmed = asyncio.Event()  # our own fence came back: nothing sent from now on is missed
        self.late = False  # somebody stopped waiting for that, and compared versions too early
        self.hinted_at = 0.0  # when the last hint was handed on, in the loop's time
        # The last that came since, for each tag; handed on when the hub's HINTS passed.
        self.next_hints: dict[str, str] | None = None

    def confirm(self) -> None:
        self.confirmed.set()
        self.confirmed = HEARD
