"""Nobody fills the disk: what is too large is refused before it is kept, signed in or not."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.web.http import HTTPChannel

from chatpoc import bodies
from chatpoc.bodies import BODY, IN_TIME, LINGER, PICTURE, BoundedRequest
from tests.browser.conftest import server_environment
from tests.servers import ChatServer, chat_server

pytestmark = pytest.mark.once

MB = 2**20
SAID = 16_384  # bytes that a server may write into its log meanwhile


class Received:
    """A connection to Twisted's HTTP, as a browser has it, and what becomes of the request."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.request: Any = None
        self.transport: Any = StringTransport()  # type: ignore[no-untyped-call]
        channel: Any = HTTPChannel()  # type: ignore[no-untyped-call]
        self.channel = channel
        self.channel.requestFactory = self._request
        server = SimpleNamespace(protocol_connected=lambda _: None, protocol_disconnected=lambda _: None)
        self.channel.factory = SimpleNamespace(server=server)
        self.channel.timeOut = None
        self.channel.makeConnection(self.transport)

    def _request(self, *arguments: Any) -> BoundedRequest:
        received = self

        class Kept(BoundedRequest):
            def process(self) -> None:
                received.bodies.append(self.content.read())
                received.request = self

        return Kept(*arguments)

    def send(self, *lines: str, body: bytes = b"", path: str = "/accounts/login/") -> str:
        head = "\r\n".join([f"POST {path} HTTP/1.1", "Host: chat.test", *lines, "", ""])
        self.channel.dataReceived(head.encode() + body)
        return self.answer

    @property
    def answer(self) -> str:
        return str(self.transport.value().decode())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(bodies, "clock", clock)
    return clock


@pytest.fixture
def received(clock: Clock) -> Iterator[Received]:
    received = Received()
    yield received
    received.channel.connectionLost(SimpleNamespace())
    assert not clock.getDelayedCalls()


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)


def test_what_fits_comes_as_it_was_sent(received: Received) -> None:
    body = os.urandom(BODY)
    assert received.send(f"Content-Length: {BODY}", body=body) == ""
    assert received.bodies == [body]


def test_in_chunks_too(received: Received) -> None:
    parts = [os.urandom(BODY // 4) for _ in range(4)]
    assert received.send("Transfer-Encoding: chunked", body=chunks(*parts, b"")) == ""
    assert received.bodies == [b"".join(parts)]


def test_what_says_that_it_is_too_large_is_refused_before_it_comes(received: Received, clock: Clock) -> None:
    answer = received.send(f"Content-Length: {BODY + 1}", "Expect: 100-continue")
    assert answer.startswith("HTTP/1.1 413 Content Too Large\r\n")
    assert answer.endswith("\r\n\r\nThis is too large: at most 1 MB can be sent.")
    assert "Connection: close" in answer
    assert "100 Continue" not in answer
    for _ in range(20):
        received.channel.dataReceived(b"x" * MB)
    assert received.answer == answer, "said once"
    assert received.bodies == []
    assert received.channel.requests[0].content.seek(0, 2) == 0
    clock.advance(LINGER)
    assert received.transport.disconnecting


def test_in_chunks_it_is_refused_when_it_has_become_too_large(received: Received) -> None:
    received.send("Transfer-Encoding: chunked", body=chunks(b"x" * BODY))
    assert received.answer == ""
    received.channel.dataReceived(chunks(b"x") + chunks(b"x" * MB) + chunks(b""))
    assert received.answer.count("413 Content Too Large") == 1
    received.channel.dataReceived(chunks(b"x" * MB, b""))
    assert received.answer.count("413 Content Too Large") == 1
    assert received.bodies == []
    assert received.channel.requests[0].content.seek(0, 2) == BODY


def test_a_request_behind_one_that_was_refused_is_not_read(received: Received) -> None:
    received.send(f"Content-Length: {BODY + 1}", body=b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert received.bodies == []
    assert received.answer.count("HTTP/1.1") == 1


def test_the_reason_is_in_the_language_of_the_browser(received: Received) -> None:
    assert "Można wysłać najwyżej 1 MB." in received.send("Accept-Language: pl", f"Content-Length: {9 * MB}")


def test_the_cookie_of_a_language_goes_before_the_browser_s(received: Received) -> None:
    answer = received.send("Accept-Language: en", "Cookie: language=pl", f"Content-Length: {9 * MB}")
    assert "Można wysłać" in answer


@pytest.mark.parametrize(
    ("path", "cookie", "most"),
    [
        ("/accounts/profile/picture/", "sessionid=x", PICTURE),
        ("/accounts/profile/picture/?x", "a=b; sessionid=x", PICTURE),
        ("/accounts/profile/picture/", "a=b", BODY),
        ("/accounts/profile/picture/x", "sessionid=x", BODY),
        ("/accounts/login/?/accounts/profile/picture/", "sessionid=x", BODY),
    ],
)
def test_only_a_picture_of_somebody_with_a_session_may_be_larger(
    clock: Clock, path: str, cookie: str, most: int
) -> None:
    for size in (most, most + 1):
        received = Received()
        answer = received.send(f"Cookie: {cookie}", f"Content-Length: {size}", path=path)
        assert ("413" in answer) is (size > most)
        received.channel.connectionLost(SimpleNamespace())


@pytest.mark.parametrize("head", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_a_body_that_trickles_in_for_ever_is_ended(received: Received, clock: Clock, head: str) -> None:
    received.send(head)
    for _ in range(IN_TIME - 1):
        clock.advance(1)
        received.channel.dataReceived(b"x" if "Length" in head else chunks(b"x"))
    assert received.answer == ""
    clock.advance(1)
    assert received.answer.startswith("HTTP/1.1 408 Request Timeout")
    clock.advance(LINGER)
    assert received.transport.disconnecting


def test_a_request_that_is_there_may_take_its_time(received: Received, clock: Clock) -> None:
    received.send("Content-Length: 3", body=b"abc")
    clock.advance(10 * IN_TIME)
    assert received.answer == ""


def test_forms_are_not_read_on_the_loop(received: Received) -> None:
    received.send("Content-Type: application/x-www-form-urlencoded", "Content-Length: 7", body=b"a=1&b=2")
    assert received.request.args == {}


# A real server


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[ChatServer]:
    with django_db_blocker.unblock(), chat_server(**server_environment()) as server:
        yield server


def on_disk(server: ChatServer) -> int:
    """Bytes of the files without a name that the process has open: that is where bodies go."""
    sizes = []
    for entry in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if os.readlink(entry).endswith("(deleted)"):  # noqa: PTH115  (Path.readlink would lose the mark)
                sizes.append(entry.stat().st_size)
    return sum(sizes)


@pytest.mark.processes
def test_a_gigabyte_in_chunks_for_the_log_in_page_is_cut_off(server: ChatServer) -> None:
    sent, most, before = 0, 0, on_disk(server)
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while sent < 1024:
                connection.sendall(chunks(b"x" * MB))
                sent += 1
                most = max(most, on_disk(server))
        with contextlib.suppress(ConnectionError):
            assert b"413 Content Too Large" in connection.recv(4096)
    assert BODY // 2 < most - before < BODY + SAID
    assert server.answers()
    assert on_disk(server) - before < SAID


def test_all_that_come_at_once_are_bounded_and_what_is_whole_or_gone_makes_room(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "UNDER_WAY", 1000)
    one, other, third = Received(), Received(), Received()
    one.send("Content-Length: 900", body=b"x" * 800)
    assert other.send("Content-Length: 300", body=b"x" * 300).startswith("HTTP/1.1 503")
    assert "Retry-After: 60" in other.answer
    one.channel.dataReceived(b"x" * 100)
    assert [len(body) for body in one.bodies] == [900]
    third.send("Content-Length: 900", body=b"x" * 800)
    third.channel.connectionLost(SimpleNamespace())
    assert BoundedRequest.under_way == 0
    for received in (one, other):
        received.channel.connectionLost(SimpleNamespace())
