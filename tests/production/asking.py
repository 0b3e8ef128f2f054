"""What a browser asks through nginx, from an address of this machine's own choice."""

import http.client
import json
import socket
import ssl
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple
from urllib.parse import urlencode

from websockets import Origin
from websockets.sync.client import ClientConnection, connect

from tests.production.shape import Shape

TOKEN = "a" * 32


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]  # their names in small letters
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def unverified() -> ssl.SSLContext:
    """Its certificate is nobody's."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Visitor:
    """Keeps one connection to nginx, as a browser does."""

    def __init__(self, shape: Shape, session: str = "", address: str = "127.0.0.1") -> None:
        self.shape, self.address = shape, address
        self.cookies = f"__Host-csrftoken={TOKEN}" + f"; __Host-session={session}" * bool(session)
        self.wire = http.client.HTTPSConnection(
            "127.0.0.1", shape.proxy.port, context=unverified(), source_address=(address, 0), timeout=30
        )

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.close()

    def ask(self, path: str, body: bytes | Iterable[bytes] | None = None, /, **headers: str) -> Answer:
        own = {"Host": f"localhost:{self.shape.proxy.port}", "Cookie": self.cookies, "Origin": self.shape.url}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.wire.request("GET" if body is None else "POST", path, body, own | given)
        got = self.wire.getresponse()
        return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        form = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": TOKEN}
        return self.ask(path, urlencode(fields).encode(), **form, **headers)


def for_two_threads() -> ssl.SSLContext:
    """`websockets` reads in one thread and writes in another, which Python 3.11 does not keep apart in OpenSSL. By TLS 1.3
    there is something to read just as the handshake is written (tickets), and one in a hundred was lost;
    by 1.2 there is not."""
    context = unverified()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def open_socket(
    shape: Shape, session: str, address: str = "127.0.0.1", **headers: str
) -> AbstractContextManager[ClientConnection]:
    wire = socket.create_connection(("127.0.0.1", shape.proxy.port), timeout=10, source_address=(address, 0))
    more: dict[str, Any] = {"Cookie": f"__Host-session={session}"}
    more |= {name.replace("_", "-"): value for name, value in headers.items()}
    return connect(
        f"{shape.url.replace('https', 'wss')}/ws/", sock=wire, ssl=for_two_threads(), server_hostname="localhost",
        origin=Origin(shape.url), additional_headers=more,
    )  # fmt: skip


def heard(socket: ClientConnection, word: str, seconds: float = 10) -> dict[str, Any]:
    """The next frame that has `word`."""
    while True:
        frame = json.loads(socket.recv(seconds))
        if word in frame:
            found: dict[str, Any] = frame
            return found
