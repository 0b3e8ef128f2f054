"""What Daphne makes of bytes, before the chat sees a request: what cannot be one is refused, where it would fail."""

from typing import Any
from weakref import WeakSet

from daphne.http_protocol import HTTPFactory

from chatpoc.bodies import BoundedRequest

ASCII = (b"Sec-WebSocket-Protocol",)  # Daphne reads it so


class Request(BoundedRequest):
    def gotLength(self, length: int | None) -> None:  # noqa: N802  (Twisted's names)
        """A proxy keeps its connections: with the answer it hears that this one ends, of a process that stops."""
        if Requests.stopping:
            self.responseHeaders.setRawHeaders(b"connection", [b"close"])
            self.channel.persistent = False
        super().gotLength(length)

    def process(self) -> Any:
        if Requests.stopping and self.requestHeaders.hasHeader(b"upgrade"):
            self.basic_error(503, b"Service Unavailable", "This process stops.")  # the proxy asks another one
            return None
        self.requestHeaders.removeHeader(b"Daphne-Root-Path")  # it would believe whoever sends that
        if self._can_be_one():
            return super().process()
        self.basic_error(400, b"Bad Request", "This is no request.")
        return None

    def _can_be_one(self) -> bool:
        values = [value for _, values in self.requestHeaders.getAllRawHeaders() for value in values]
        read = [
            self.method,
            self.clientproto,
            *(value for name in ASCII for value in self.requestHeaders.getRawHeaders(name, [])),
        ]
        return all(text.isascii() for text in read) and not any(b"\0" in value for value in values)


class Requests(HTTPFactory):
    stopping = False
    channels: "WeakSet[Any]" = WeakSet()

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        self.channels.add(protocol._channel)
        return protocol

    @classmethod
    def idle(cls) -> list[Any]:
        """Connections that are open, and on which nothing is asked just now."""
        return [channel for channel in cls.channels if not channel.requests and channel.transport.connected]
