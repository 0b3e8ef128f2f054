"""Whatever bytes a real server gets, it goes on: others hear everything, and its log has no traceback."""

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from hypothesis import strategies as st
from websockets import Origin
from websockets.sync.client import ClientConnection, connect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import server_environment
from tests.fuzzing import wire
from tests.fuzzing.budget import explore
from tests.fuzzing.wire import Frame, Line
from tests.live.conftest import session_of
from tests.servers import ChatServer, chat_server

pytestmark = [pytest.mark.processes, pytest.mark.once]

REAPED = 1.5  # seconds after which Daphne has looked at what became of each connection
TROUBLE = re.compile(r"Traceback|ERROR|Unhandled")


@pytest.fixture
def server(transactional_db: None) -> Iterator[ChatServer]:
    with chat_server(**server_environment()) as server:
        yield server


def assert_no_trouble(server: ChatServer) -> None:
    assert server.process.poll() is None, "the server is gone"
    said = server.output()
    assert not TROUBLE.search(said), said[-4_000:]


@contextmanager
def witness(server: ChatServer, session: str, topic: str) -> Iterator[ClientConnection]:
    cookie = {"Cookie": f"sessionid={session}"}
    with connect(f"ws://127.0.0.1:{server.port}/ws/", origin=Origin(server.url), additional_headers=cookie) as socket:
        socket.send(f'{{"watch": {{"{topic}": "0"}}}}')
        assert topic in str(socket.recv(5))
        yield socket


def test_no_bytes_of_a_socket_disturb_the_server(server: ChatServer, direct: Room, alice: User, bob: User) -> None:
    session = session_of(alice)

    def check(written: list[bytes], rudely: bool, together: bool) -> None:  # noqa: FBT001
        line = Line(server.port)
        line.send(wire.handshake(server.port, session))
        assert line.head().startswith(b"HTTP/1.1 101 ")
        for data in [b"".join(written)] if together else written:
            line.send(data)
        line.send(Frame(b"", wire.PING).encoded())
        assert line.is_closed_or_says(3) is not None, "neither an answer nor an end"
        line.hang_up(rudely=rudely)
        assert socket.ping().wait(3), "somebody else's socket is stuck"
        assert_no_trouble(server)

    with witness(server, session_of(bob), direct.topic) as socket:
        explore(check, 50, "bytes of a socket", written=wire.written, rudely=st.booleans(), together=st.booleans())
        say(server, session, direct, "still here?")
        assert "still here?" in _until_said(socket)
    time.sleep(REAPED)
    assert_no_trouble(server)


def test_no_handshake_and_no_request_disturbs_the_server(
    server: ChatServer, direct: Room, alice: User, bob: User
) -> None:
    session = session_of(alice)

    def check(data: bytes, half: bool, rudely: bool) -> None:  # noqa: FBT001
        line = Line(server.port)
        line.send(data)
        if half:
            line.socket.shutdown(1)
        heard = line.is_closed_or_says(0.02)
        assert not heard or not re.match(rb"HTTP/1\.\d 5", heard), f"{data[:500]!r}: {heard!r}"
        line.hang_up(rudely=rudely)
        assert socket.ping().wait(3), "somebody else's socket is stuck"
        assert_no_trouble(server)

    handshakes = st.builds(
        lambda path, more, without: wire.handshake(server.port, session, path=path, more=more, without=without),
        st.sampled_from([b"/ws/", b"/ws/", *wire.PATHS]),
        wire.lines,
        st.sampled_from([b"", b"", *wire.NAMES[:7]]),
    )
    with witness(server, session_of(bob), direct.topic) as socket:
        for data in found(server, session):
            check(data, half=False, rudely=False)
        time.sleep(REAPED)
        assert_no_trouble(server)
        explore(
            check, 120, "requests", data=st.one_of(handshakes, wire.requests), half=st.booleans(), rudely=st.booleans()
        )
        assert server.answers()
    time.sleep(REAPED)
    assert_no_trouble(server)


def found(server: ChatServer, session: str) -> list[bytes]:
    """What once left a traceback in the log."""
    root = (b"Daphne-Root-Path", b"/x")
    return [
        wire.handshake(server.port, session, more=[root]),
        wire.handshake(server.port, session, more=[(b"Sec-WebSocket-Protocol", b"\xc5\xbc")]),
        wire.request(b"GET", b"/", b"HTTP/1.1", [(b"Host", b"127.0.0.1"), (root[0], b"\xff")], b""),
        wire.request(b"G\xffT", b"/", b"HTTP/1.1", [(b"Host", b"127.0.0.1")], b""),
        wire.request(b"GET", b"/", b"HTTP/\xff", [(b"Host", b"127.0.0.1")], b""),
        wire.request(
            b"GET",
            b"/accounts/login/",
            b"HTTP/1.1",
            [(b"Host", b"127.0.0.1"), (b"Content-Type", b"text/plain; charset=\0")],
            b"",
        ),
        wire.request(
            b"GET",
            b"/accounts/login/?next=x",
            b"HTTP/1.1",
            [(b"Host", b"127.0.0.1"), (b"Content-Type", b"text/plain; charset=hex")],
            b"",
        ),
        wire.request(b"GET", b"/", b"HTTP/1.1", [(b"Host", b"http://[")], b""),
    ]


def say(server: ChatServer, session: str, room: Room, body: str) -> None:
    """As a page does."""
    token = "x" * 32
    headers = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token, "HX-Request": "true"}
    data = urlencode({"body": body, "client_id": uuid.uuid4()}).encode()
    with urlopen(Request(f"{server.url}/rooms/{room.pk}/messages/", data, headers), timeout=5) as answer:
        assert answer.status == 201


def _until_said(socket: ClientConnection) -> str:
    """The next frame with something to show."""
    while "content" not in (said := str(socket.recv(5))):
        pass
    return said
