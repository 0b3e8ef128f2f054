"""What stands before a process: a TCP proxy that a fault can tell to cut, hold up, slow down or swallow."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.servers import free_port

Judge = Callable[["Pair"], bool]  # whether a fault means this connection


class Pair:
    """A browser's connection and ours to the process, each the other's way out."""

    def __init__(self, proxy: "Proxy") -> None:
        self.proxy = proxy
        self.near, self.far = End(self, self.from_browser), End(self, self.from_server)
        self.head = b""  # how what the browser sent begins: a request, with its cookies
        self.late = 0.0  # seconds by which its answer is delayed
        self.reached = 0  # the port of the process
        self.early: list[bytes] = []  # came before the process was reached
        self.trickle: asyncio.Task[None] | None = None
        self.slowly = bytearray()

    @property
    def is_post(self) -> bool:
        return self.head.startswith(b"POST ")

    @property
    def is_socket(self) -> bool:
        return self.head.startswith(b"GET /ws/")

    async def reach(self) -> None:
        for port in self.proxy.targets:  # as a proxy in front does: the next, if one cannot be reached
            with suppress(OSError):
                await asyncio.get_running_loop().create_connection(lambda: self.far, "127.0.0.1", port)
                self.reached = port
                break
        if not self.far.transport or not self.near.transport or self.near.transport.is_closing():
            return self.cut()
        for data in self.early:
            self.far.transport.write(data)
        self.early.clear()
        return None

    def from_browser(self, data: bytes) -> None:
        if len(self.head) < 4000:
            self.head += data
        if self.far.transport:
            self.far.transport.write(data)
        else:
            self.early.append(data)

    def from_server(self, data: bytes) -> None:
        assert self.near.transport
        if self.trickle or self.slowly:
            self.slowly += data
            self._hold_back()
        elif self.proxy.swallows and self.proxy.swallows(self):
            self.proxy.swallowed += 1
            self.cut()
        elif self.is_late():
            asyncio.get_running_loop().call_later(self.late, self.near.transport.write, data)
        else:
            self.near.transport.write(data)

    def is_late(self) -> bool:
        """An answer is late from its first byte to its end."""
        if self.proxy.delays and not self.late and not self.is_socket:
            self.late = self.proxy.delays()
        return bool(self.late)

    def slow_down(self, per_second: float) -> None:
        """What the process says goes on at this many bytes a second, and what does not fit waits with the process."""
        self.trickle = self.trickle or asyncio.create_task(self._trickle(per_second))

    def speed_up(self) -> None:
        if self.trickle and self.near.transport and self.far.transport:
            self.trickle.cancel()
            self.trickle = None
            self.near.transport.write(bytes(self.slowly))
            self.slowly.clear()
            self.far.hold(back=False)

    async def _trickle(self, per_second: float) -> None:
        while self.near.transport and not self.near.transport.is_closing():
            if self.slowly:
                self.near.transport.write(bytes(self.slowly[:1]))
                del self.slowly[:1]
                self._hold_back()
            await asyncio.sleep(1 / per_second)

    def _hold_back(self) -> None:
        self.far.hold(back=len(self.slowly) > 16_384)

    def hold(self, *, back: bool) -> None:
        for end in (self.near, self.far):
            end.hold(back=back)

    def cut(self) -> None:
        """Without a word, as a network does: a reset and no close frame."""
        if self.trickle:
            self.trickle.cancel()
        self.proxy.pairs.discard(self)
        for end in (self.near, self.far):
            if end.transport:
                end.transport.abort()

    def ended(self, end: "End") -> None:
        """One side hung up: the other hears what is on its way, and then the same."""
        self.proxy.pairs.discard(self)
        other = self.far if end is self.near else self.near
        if other.transport and not other.transport.is_closing():
            late = self.late if end is self.far else 0
            asyncio.get_running_loop().call_later(late, other.transport.close)


class End(asyncio.Protocol):
    def __init__(self, pair: Pair, forward: Callable[[bytes], None]) -> None:
        self.pair, self.forward = pair, forward
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if self is self.pair.near:
            self.pair.proxy.accept(self.pair)

    def data_received(self, data: bytes) -> None:
        self.forward(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.pair.ended(self)

    # The other side is read no faster than this one takes it.
    def pause_writing(self) -> None:
        self._other.hold(back=True)

    def resume_writing(self) -> None:
        self._other.hold(back=False)

    @property
    def _other(self) -> "End":
        return self.pair.far if self is self.pair.near else self.pair.near

    def hold(self, *, back: bool) -> None:
        if self.transport and not self.transport.is_closing():
            (self.transport.pause_reading if back else self.transport.resume_reading)()


class Proxy:
    """`targets`: ports of the processes, the one that it stands before first."""

    def __init__(self, targets: list[int]) -> None:
        self.port, self.targets = free_port(), targets
        self.pairs: set[Pair] = set()
        self.swallows: Judge | None = None
        self.delays: Callable[[], float] | None = None
        self.swallowed = 0
        self.held = False
        self._reaching: set[asyncio.Task[None]] = set()  # strong references

    @property
    def sockets(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.is_socket]

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: Pair(self).near, "127.0.0.1", self.port, backlog=1000)

    def accept(self, pair: Pair) -> None:
        self.pairs.add(pair)
        reaching = asyncio.create_task(pair.reach())
        self._reaching.add(reaching)
        reaching.add_done_callback(self._reaching.discard)
        pair.hold(back=self.held)

    def cut(self) -> None:
        for pair in list(self.pairs):
            pair.cut()

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Nothing comes through, and nothing is lost: a network that stalls."""
        self._hold(back=True)
        try:
            yield
        finally:
            self._hold(back=False)

    def _hold(self, *, back: bool) -> None:
        self.held = back
        for pair in list(self.pairs):
            pair.hold(back=back)

    @contextmanager
    def swallowing(self, judge: Judge) -> Iterator[None]:
        """Of these connections the answer is lost, after the process did what it was asked to."""
        self.swallows = judge
        try:
            yield
        finally:
            self.swallows = None

    @contextmanager
    def delaying(self, seconds: Callable[[], float]) -> Iterator[None]:
        """Each answer by so many seconds, while sockets are as fast as ever."""
        self.delays = seconds
        try:
            yield
        finally:
            self.delays = None

    def stop(self) -> None:
        self.server.close()
        self.cut()
