"""Several processes, and processes that die: the pages come back by themselves and lose nothing."""

import json
import os
import signal
import socket as sockets
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Page, expect
from websockets import ConnectionClosed, Origin
from websockets.sync.client import ClientConnection, connect

from accounts.models import User
from chat.models import Message, Room
from tests.browser.conftest import Browse, bodies, server_environment, watching, write
from tests.faults.clocked import Clock
from tests.live.conftest import session_of
from tests.servers import ROOT, ChatServer, RedisServer, chat_server, redis_server

with_redis = pytest.mark.skipif(
    not os.environ.get("REDIS_URL"), reason="processes talk to each other through Redis only"
)

pytestmark = [pytest.mark.timed, pytest.mark.once("postgresql")]


@pytest.fixture
def own(transactional_db: None) -> Iterator[ChatServer]:
    """A server that a test may stop."""
    with chat_server(**server_environment()) as server:
        yield server


@pytest.fixture
def boundless(transactional_db: None) -> Iterator[ChatServer]:
    """A server for more than a person may do."""
    with chat_server(**server_environment(), LIMITS="off") as server:
        yield server


def open_both(browse: Browse, direct: Room, alice: User, bob: User, *servers: ChatServer) -> tuple[Page, Page]:
    pages = tuple(
        browse(user, f"/rooms/{direct.pk}/", server=server)
        for user, server in zip((alice, bob), servers * 2, strict=False)
    )
    for page in pages:
        watching(page, direct.topic)
    return pages[0], pages[1]


def expect_talk(pages: tuple[Page, Page], *said: str) -> None:
    for page in pages:
        expect(page.locator(".messages .message-body")).to_have_text(list(said), timeout=10_000)


@with_redis
def test_two_people_on_two_processes_talk(
    browse: Browse, direct: Room, alice: User, bob: User, chat: ChatServer, own: ChatServer
) -> None:
    pages = open_both(browse, direct, alice, bob, chat, own)
    for turn in range(4):
        write(pages[turn % 2], f"message {turn}")
        expect(pages[(turn + 1) % 2].locator(".message-body", has_text=f"message {turn}")).to_be_visible()
    expect_talk(pages, *(f"message {turn}" for turn in range(4)))


def test_the_same_message_sent_fifty_times_at_once_is_one_row_and_fifty_successes(
    boundless: ChatServer, transactional_db: None, direct: Room, alice: User
) -> None:
    key, client_id, token = session_of(alice), uuid.uuid4(), "a" * 32

    def send(_: int) -> tuple[int, str]:
        request = urllib.request.Request(
            f"{boundless.url}/rooms/{direct.pk}/messages/",
            data=f"body=once&client_id={client_id}".encode(),
            headers={"Cookie": f"sessionid={key}; csrftoken={token}", "X-CSRFToken": token, "HX-Request": "true"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, range(50)))
    assert {status for status, _ in answers} == {201}
    assert len({html for _, html in answers}) == 1
    assert Message.objects.get().client_id == client_id
    direct.refresh_from_db()
    assert (direct.last_seq, direct.version) == (1, 1)


@with_redis
def test_redis_dies_for_five_seconds_during_a_conversation_and_nothing_is_lost(
    browse: Browse, direct: Room, alice: User, bob: User
) -> None:
    with redis_server() as redis, chat_server(**server_environment(), REDIS_URL=redis.url) as one:
        with chat_server(**server_environment(), REDIS_URL=redis.url) as two:
            pages = open_both(browse, direct, alice, bob, one, two)
            write(pages[0], "before")
            expect_talk(pages, "before")
            kill_for(redis, 5, lambda: write(pages[0], "during"))
            returned = time.monotonic()
            expect_talk(pages, "before", "during")
            assert time.monotonic() - returned < 5
            write(pages[1], "after")
            expect_talk(pages, "before", "during", "after")


def kill_for(redis: RedisServer, seconds: float, meanwhile: object) -> None:
    redis.kill()
    ends = time.monotonic() + seconds
    meanwhile()  # type: ignore[operator]
    time.sleep(max(0, ends - time.monotonic()))
    redis.start()


def test_a_restart_is_clean_and_the_pages_come_back_by_themselves(
    browse: Browse, direct: Room, alice: User, bob: User, own: ChatServer
) -> None:
    pages = open_both(browse, direct, alice, bob, own, own)
    codes: list[int] = []
    pages[0].expose_function("heardClose", lambda code: codes.append(code))  # noqa: PLW0108  (Playwright inspects it)
    pages[0].evaluate("document.addEventListener('live:closed', ({detail}) => heardClose(detail.code))")
    write(pages[0], "before")
    expect_talk(pages, "before")
    assert own.stop() == 0
    pages[1].locator("textarea[name=body]").fill("written while it was down")
    pages[1].keyboard.press("Enter")
    expect(pages[1].locator(".pending[data-state=failed]")).to_have_count(1)
    assert codes[0] == 1012
    own.start()
    expect_talk(pages, "before", "written while it was down")
    expect(pages[0].locator("live-status")).to_be_empty()
    assert bodies(pages[0]) == bodies(pages[1])


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_during_a_handshake_exits_with_zero(own: ChatServer, how: signal.Signals) -> None:
    handshake = (
        "GET /ws/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    )
    with (
        sockets.create_connection(("127.0.0.1", own.port)) as half,
        sockets.create_connection(("127.0.0.1", own.port)) as whole,
    ):
        half.sendall(handshake.encode())
        whole.sendall(f"{handshake}\r\n".encode())
        assert own.stop(how) == 0
    assert "Traceback" not in own.output(), own.output()


def test_a_stop_takes_no_longer_when_the_clock_is_set_back_meanwhile(
    transactional_db: None, alice: User, tmp_path: Path
) -> None:
    """Somebody does not answer the close frame, so that it waits a second; by the time of day it would be an hour."""
    clock = Clock(tmp_path / "clock")
    server = ChatServer(server_environment() | {"CLOCK": str(clock.path)}, "tests.faults.clocked")
    try:
        with sockets.create_connection(("127.0.0.1", server.port)) as silent:
            silent.sendall(
                f"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {server.url}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nCookie: sessionid={session_of(alice)}\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
            )
            assert b" 101 " in silent.recv(200)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            clock.jump(-3600)
            assert server.process.wait(15) == 0
    finally:
        server.process.kill()
        server.process.wait()
        server.log.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_as_soon_as_it_listens_exits_with_zero(own: ChatServer, how: signal.Signals) -> None:
    """Twisted's own handlers come a moment later: then one of the signals ended it with an error, or was lost."""
    own.stop()
    own.start()  # returns as soon as the port is open
    assert own.stop(how) == 0


def test_a_port_that_is_taken_is_said_in_a_sentence(own: ChatServer) -> None:
    command = [sys.executable, "-m", "chatpoc.serve", "--port", str(own.port)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert second.returncode == 1
    assert second.stderr.startswith("The chat cannot listen:")
    assert "Traceback" not in second.stderr


@contextmanager
def open_socket(chat: ChatServer, user: User, room: Room, **options: Any) -> Iterator[ClientConnection]:
    headers = {"Cookie": f"sessionid={session_of(user)}"}
    url = f"ws://127.0.0.1:{chat.port}/ws/"
    with connect(url, origin=Origin(chat.url), additional_headers=headers, close_timeout=1, **options) as connection:
        connection.send(json.dumps({"watch": {room.topic: "0"}}))
        assert json.loads(connection.recv(5))["watching"] == [room.topic]
        yield connection


def test_a_browser_that_never_reads_is_let_go_and_another_hears_everything(
    boundless: ChatServer, transactional_db: None, direct: Room, alice: User, bob: User
) -> None:
    """Past 1 MiB that Daphne holds for it, beside what the kernel holds. Its reading is paused, as a frozen laptop's is."""
    heard: list[str] = []
    with (
        open_socket(boundless, bob, direct, max_queue=1) as frozen,
        open_socket(boundless, alice, direct) as quick,
        ThreadPoolExecutor(1) as pool,
    ):
        listening = pool.submit(lambda: heard.extend(versions_of(quick)))
        sent, port = 0, frozen.socket.getsockname()[1]
        while sent < 700 and is_open(boundless, port):
            for _ in range(50):
                post_over_http(boundless, alice, direct, "x" * 9_900)
            sent += 50
        assert not is_open(boundless, port), "it was let go"
        deadline = time.monotonic() + 5
        while len(heard) < sent and time.monotonic() < deadline:
            time.sleep(0.05)
        quick.close()
        listening.result(5)
    assert heard == [str(version) for version in range(1, sent + 1)]


def versions_of(socket: ClientConnection) -> Iterator[str]:
    """Of the messages that come, until the socket closes."""
    return (frame["version"] for frame in map(json.loads, socket) if "version" in frame)


def is_open(chat: ChatServer, port: int) -> bool:
    """Whether the server has a connection to this port of a client."""
    found = psutil.Process(chat.process.pid).net_connections("tcp")
    return any(peer.raddr and peer.raddr[1] == port for peer in found)


def post_over_http(chat: ChatServer, user: User, room: Room, body: str) -> None:
    token = "a" * 32
    cookies = f"sessionid={session_of(user)}; csrftoken={token}"
    request = urllib.request.Request(
        f"{chat.url}/rooms/{room.pk}/messages/",
        data=f"body={body}&client_id={uuid.uuid4()}".encode(),
        headers={"Cookie": cookies, "X-CSRFToken": token, "HX-Request": "true"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 201


def test_a_flood_of_frames_is_cut_off_before_it_fills_the_memory(
    chat: ChatServer, transactional_db: None, direct: Room, alice: User
) -> None:
    with pytest.raises(ConnectionClosed) as closed, open_socket(chat, alice, direct) as connection:
        for _ in range(5000):
            connection.send(json.dumps({"watch": {}, "noise": "x" * 50_000}))
        while True:
            connection.recv(5)
    assert closed.value.rcvd is None or closed.value.rcvd.code == 4029
    assert chat.answers()
