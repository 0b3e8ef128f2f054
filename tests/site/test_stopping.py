"""A process that stops ends the connections that a proxy keeps to it, each with an answer; and tells systemd."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet.testing import StringTransport
from twisted.web.http import HTTPChannel

from chatpoc import supervisor
from chatpoc.env import env
from chatpoc.requests import Request, Requests

pytestmark = pytest.mark.once

GET = b"GET /people/ HTTP/1.1\r\nHost: chat.test\r\n\r\n"
HANDSHAKE = b"GET /ws/ HTTP/1.1\r\nHost: chat.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


class Answered(Request):
    """As the chat would, at once."""

    def process(self) -> Any:
        if Requests.stopping and self.requestHeaders.hasHeader(b"upgrade"):
            return super().process()
        self.setHeader(b"content-length", b"2")
        self.write(b"ok")
        return self.finish()


@pytest.fixture
def connect() -> Iterator[Callable[[], Any]]:
    def opened() -> Any:
        channel: Any = HTTPChannel()  # type: ignore[no-untyped-call]
        server = SimpleNamespace(
            protocol_connected=lambda _: None,
            protocol_disconnected=lambda _: None,
            log_action=lambda *_: None,
            server_name="",
        )
        channel.requestFactory, channel.timeOut = Answered, None
        channel.factory = SimpleNamespace(server=server, log=lambda _: None)
        channel.makeConnection(StringTransport())  # type: ignore[no-untyped-call]
        Requests.channels.add(channel)
        kept.append(channel)
        return channel

    kept: list[Any] = []
    yield opened
    Requests.stopping = False
    for channel in kept:
        Requests.channels.discard(channel)


def said(channel: Any) -> str:
    return str(channel.transport.value().decode().lower())


def test_a_connection_is_kept_until_the_process_stops(connect: Callable[[], Any]) -> None:
    channel = connect()
    channel.dataReceived(GET)
    assert "connection: close" not in said(channel)
    assert not channel.transport.disconnecting
    Requests.stopping = True
    channel.transport.clear()
    channel.dataReceived(GET)
    assert said(channel).startswith("http/1.1 200 ok\r\n")
    assert "connection: close" in said(channel)
    assert channel.transport.disconnecting


def test_a_browser_that_comes_again_is_sent_to_another_process(connect: Callable[[], Any]) -> None:
    """Its proxy asks the next one after a 503; here its socket would be closed again at once."""
    Requests.stopping = True
    channel = connect()
    channel.dataReceived(HANDSHAKE)
    assert said(channel).startswith("http/1.1 503 ")
    assert channel.transport.disconnecting


def test_idle_are_those_on_which_nothing_is_asked(connect: Callable[[], Any]) -> None:
    asked, idle = connect(), connect()
    asked.dataReceived(b"POST / HTTP/1.1\r\nHost: chat.test\r\nContent-Length: 9\r\n\r\nhalf")
    idle.dataReceived(GET)
    assert [channel for channel in Requests.idle() if channel in {asked, idle}] == [idle]
    asked.requests[0].connectionLost(None)


def test_systemd_hears_where_it_wants_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(5)
        supervisor.tell("READY=1")  # nobody asked
        monkeypatch.setitem(env.ENVIRON, "NOTIFY_SOCKET", str(tmp_path / "notify"))
        supervisor.tell("STOPPING=1")
        assert ear.recv(100) == b"STOPPING=1"
        monkeypatch.setitem(env.ENVIRON, "NOTIFY_SOCKET", str(tmp_path / "nowhere"))
        supervisor.tell("READY=1")
