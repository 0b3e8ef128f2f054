"""One browser's end of a socket, as little as a benchmark needs: a general client would use more CPU than the server."""

import asyncio
import base64
import json
import os
import struct
import time
from collections.abc import Iterator

FRAME, WATCHING = b'{"tag"', b'{"watching"'  # how the texts begin that are counted, and the answer to `watch`
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10  # opcodes of RFC 6455


class Browser(asyncio.Protocol):
    """`ready` is done when frames of the room may come; `arrived` holds each as (time.monotonic(), its bytes)."""

    def __init__(self, port: int, path: str, session: str, watch: dict[str, str] | None) -> None:
        self.request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            f"Cookie: sessionid={session}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n"
        ).encode()
        self.watch = watch
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.arrived: list[tuple[float, bytes]] = []
        self.transport: asyncio.Transport
        self.upgraded = False
        self.unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self.unread += data
        if not self.upgraded:
            self._upgrade()
        if self.upgraded:
            for opcode, payload in self._frames():
                if opcode == TEXT:
                    self.heard(payload, now)
                    if payload.startswith(WATCHING):
                        self._watching(json.loads(payload))
                elif opcode == PING:
                    self.transport.write(masked(payload, PONG))
                elif opcode == CLOSE:
                    self.closed(int.from_bytes(payload[:2], "big"))

    def heard(self, payload: bytes, at: float) -> None:
        if payload.startswith(FRAME):
            self.arrived.append((at, payload))

    def closed(self, code: int) -> None:
        self._failed(f"it was closed with {code}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._failed("it was cut")

    def _upgrade(self) -> None:
        head, end, rest = self.unread.partition(b"\r\n\r\n")
        if not end:
            return
        if b" 101 " not in head.split(b"\r\n")[0]:
            self._failed(f"the server answered {head[:40]!r}")
            return
        self.upgraded, self.unread = True, rest
        self.joined()

    def joined(self) -> None:
        """The socket is open; what has to be said before frames come is said here."""
        if self.watch is None:
            self.ready.set_result(None)
        else:
            self.transport.write(masked(json.dumps({"watch": self.watch}).encode()))

    def _watching(self, answer: dict[str, list[str]]) -> None:
        if answer["refused"]:
            self._failed(f"it may not watch {answer['refused']}")
        else:
            self.ready.set_result(None)

    def _failed(self, why: str) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"A socket did not open: {why}."))

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        """Opcode and payload of each complete frame; the rest waits in `unread`."""
        start = 0
        while len(self.unread) >= start + 2:
            opcode, size, body = self.unread[start] & 15, self.unread[start + 1] & 127, start + 2
            if size == 126:
                size, body = int.from_bytes(self.unread[body : body + 2], "big"), body + 2
            elif size == 127:
                size, body = int.from_bytes(self.unread[body : body + 8], "big"), body + 8
            if len(self.unread) < body + size:
                break
            start = body + size
            yield opcode, self.unread[body:start]
        self.unread = self.unread[start:]


def masked(payload: bytes, opcode: int = TEXT) -> bytes:
    """A frame of a client, below 64 KiB. Its mask is zero: it guards proxies, and there is none here."""
    size = struct.pack("!B", 128 | len(payload)) if len(payload) < 126 else struct.pack("!BH", 254, len(payload))
    return bytes([128 | opcode]) + size + bytes(4) + payload
