"""What Daphne makes of bytes, before the chat sees a request: what cannot be one is refused, where it would fail."""

from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest

ASCII = (b"Sec-WebSocket-Protocol",)  # Daphne reads it so


class Request(WebRequest):
    def process(self) -> Any:
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
    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802  (Twisted's name)
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol
