"""What the server says before any of our code is asked, over a real connection."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import ChatServer, chat_server

pytestmark = [pytest.mark.once, pytest.mark.processes]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChatServer]:
    """None of these comes as far as the database."""
    empty: Path = tmp_path_factory.mktemp("database") / "chat.sqlite3"
    with chat_server(DATABASE_URL=f"sqlite:///{empty}", REDIS_URL="", LOG_LEVEL="CRITICAL") as running:
        yield running


def say(server: ChatServer, *lines: str) -> str:
    """The head of the answer to these lines."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while b"\r\n\r\n" not in answer and (part := connection.recv(4096)):
            answer += part
    return answer.partition(b"\r\n\r\n")[0].decode("latin1")


def handshake(server: ChatServer, *more: str, version: str = "13") -> str:
    host = f"127.0.0.1:{server.port}"
    return say(
        server,
        "GET /ws/ HTTP/1.1",
        f"Host: {host}",
        f"Origin: http://{host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Sec-WebSocket-Version: {version}",
        *more,
    )


@pytest.mark.parametrize("path", ["/accounts/login/", "/nothing/", "/static/js/app.js"])
def test_it_does_not_say_what_it_is(server: ChatServer, path: str) -> None:
    head = say(server, f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}").lower()
    assert head.startswith("http/1.1 ")
    assert "\r\nserver:" not in head
    assert "x-powered-by" not in head
    assert not any(name in head for name in ("daphne", "twisted", "autobahn", "django", "python"))


def test_a_socket_speaks_rfc_6455_and_nothing_older(server: ChatServer) -> None:
    assert handshake(server).startswith("HTTP/1.1 101 ")
    for version in ("0", "7", "99"):
        assert handshake(server, version=version).startswith("HTTP/1.1 400 "), version
    hixie = say(
        server,
        "GET /ws/ HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "Upgrade: WebSocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5",
        "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00",
    )
    assert hixie.startswith("HTTP/1.1 400 ")


def test_a_socket_compresses_nothing(server: ChatServer) -> None:
    """What is sent beside what somebody chose would tell of it by its length."""
    head = handshake(server, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
    assert head.startswith("HTTP/1.1 101 ")
    assert "sec-websocket-extensions" not in head.lower()


def test_a_host_that_is_not_ours_is_refused(server: ChatServer) -> None:
    assert say(server, "GET /accounts/login/ HTTP/1.1", "Host: evil.example").startswith("HTTP/1.1 400 ")
