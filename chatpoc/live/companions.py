"""What an app keeps beside the sockets of a process: it hears of each, and lives as long as the hub."""

from collections.abc import Callable, Mapping
from typing import Protocol

from chatpoc.live.topics import Socket


class Companion(Protocol):
    """All of it runs on the hub's loop, so nothing here may block."""

    words: Mapping[
        str, Callable[[Socket, object], None]
    ]  # frames from the browser, `{word: value}`; may raise FrameError

    def opened(self, socket: Socket) -> None: ...
    def renewed(self, socket: Socket) -> None:
        """Its `viewer` was read anew, after a write that concerns them."""

    def closed(self, socket: Socket) -> None: ...
    async def run(self) -> None:
        """From the first socket on; cancelled when the hub stops."""

    async def stop(self) -> None:
        """The server stops; every socket is closed."""


makers: list[Callable[[], Companion]] = []


def accompany(make: Callable[[], Companion]) -> None:
    """Each hub makes one."""
    makers.append(make)
