"""The same with real processes: the write in one, the socket at another; and with Redis gone while it was written."""

import json
import os
import re
import signal
import socket as sockets
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from textwrap import indent
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from websockets import ConnectionClosed, Origin
from websockets.sync.client import ClientConnection, connect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import server_environment
from tests.chat.rooms import room_of
from tests.conftest import make_person
from tests.live.conftest import session_of
from tests.live.shutting_out import PERSON, ROOM, SHELL, STAFF, SUSPENDED
from tests.live.test_shut_out import OF_A_ROOM
from tests.servers import ROOT, ChatServer, RedisServer, chat_server, redis_server

pytestmark = [pytest.mark.waits, pytest.mark.processes]

ALL_SHARE_ONE = not os.environ.get("REDIS_URL")  # embedded: one server, and shells beside it
SECOND = 1.0
PROMISED = 30.0  # seconds, with Redis away
ACROSS = {  # one of each kind of hint; test_shut_out has all of them, in one process
    "deactivate", "save, not active", "update, not active", "raw SQL, not active", "in a transaction", "update, a new password",
    "his row deleted", "his session flushed", "all sessions deleted", "entries deleted by a query",
    "removed by its moderator", "deleted by a query", "raw SQL", "moved to another room", "the room deleted",
}  # fmt: skip
LOOP = """
import json, sys, time
for line in sys.stdin:
    began = time.time()
    exec(json.loads(line), {})
    print(json.dumps(began), flush=True)
"""


class Shell:
    """A `manage.py shell` that stays open."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v0", "-c", LOOP],
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def begin(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def end(self) -> float:
        """When it had begun, in Unix time."""
        assert self.process.stdout
        return float(json.loads(self.process.stdout.readline()))


@contextmanager
def shell(environment: dict[str, str]) -> Iterator[Shell]:
    opened = Shell(environment)
    with opened.process:  # closes its pipes
        try:
            yield opened
        finally:
            opened.process.kill()


class Bob:
    """Another one for each way, in a room of his own with Alice, and at a socket of `server`."""

    def __init__(self, stack: ExitStack, alice: User, server: ChatServer, *, member: bool = True) -> None:
        self.user = make_person(f"bob_{uuid.uuid4().hex[:8]}", "Bob", is_staff=True)
        self.room: Room = room_of(alice, alice)
        if member:
            self.room.join(self.user)
        self.key = session_of(self.user)
        UserSession.objects.create(user=self.user, session_key=self.key, ip="127.0.0.1", user_agent="x")
        self.watched = {f"{type_}:{self.room.pk}" for type_ in OF_A_ROOM} if member else set()
        self.socket = stack.enter_context(open_socket(server, self.key))
        answer = ask(self.socket, {"watch": dict.fromkeys([*self.watched, "insight"], "0")})
        assert answer["refused"] == []

    def line(self, way: str) -> str:
        return SHELL.format(bob=self.user.pk, room=self.room.pk, key=self.key) + way + "\n"

    def told_within(self, seconds: float, tags: set[str] | None = None, code: int = 4401) -> float:
        """When the socket was closed with this code, or refused these tags; fails after `seconds`."""
        deadline, refused = time.monotonic() + seconds, set[str]()
        try:
            while True:
                frame = json.loads(self.socket.recv(max(0.0, deadline - time.monotonic())))
                refused |= set(frame.get("refused", ()))
                if tags and refused >= tags:
                    return time.time()
        except ConnectionClosed as closed:
            if tags or not closed.rcvd or closed.rcvd.code != code:
                raise
            return time.time()

    def heard_of_the_room(self) -> list[str]:
        """What came since."""
        heard = []
        try:
            while True:
                heard.append(str(self.socket.recv(0.01)))
        except (TimeoutError, ConnectionClosed):
            return [text for text in heard if re.search(rf'"({"|".join(OF_A_ROOM)}):{self.room.pk}"', text)]


def open_socket(server: ChatServer, key: str) -> AbstractContextManager[ClientConnection]:
    url = server.url.replace("http", "ws") + "/ws/"
    return connect(url, origin=Origin(server.url), additional_headers={"Cookie": f"sessionid={key}"})


def ask(socket: ClientConnection, frame: object) -> dict[str, Any]:
    socket.send(json.dumps(frame))
    while "watching" not in (answer := json.loads(socket.recv(10))):
        pass
    found: dict[str, Any] = answer
    return found


@contextmanager
def running(redis: RedisServer | None) -> Iterator[tuple[ChatServer, ChatServer, Shell]]:
    environment = server_environment() | {"REDIS_URL": redis.url if redis else "", "LIMITS": "off"}
    with ExitStack() as stack:
        one = stack.enter_context(chat_server(**environment))
        other = stack.enter_context(chat_server(**environment)) if redis else one
        yield one, other, stack.enter_context(shell(environment))


def test_a_write_in_one_process_shuts_out_at_another_within_a_second(
    transactional_db: None, alice: User, charlie: User, subtests: pytest.Subtests, capsys: pytest.CaptureFixture[str]
) -> None:
    took: dict[str, float] = {}
    out: list[Bob] = []
    with ExitStack() as stack:
        redis = None if ALL_SHARE_ONE else stack.enter_context(redis_server())
        one, other, terminal = stack.enter_context(running(redis))
        ways = [(way, PERSON[way], "person") for way in PERSON if way in ACROSS]
        ways += [(way, ROOM[way], "room") for way in ROOM if way in ACROSS]
        ways += [("no longer staff", STAFF["save"], "staff")]
        ways += [(f"suspended: {way}", SUSPENDED[way], "suspended") for way in ("suspend", "raw SQL")]
        for way, line, what in ways:
            bob = Bob(stack, alice, other, member=what == "room" or "row" not in way)
            with subtests.test(way):
                terminal.begin(bob.line(line))
                tags = {"room": bob.watched, "staff": {"insight"}}.get(what)
                ended = bob.told_within(SECOND + 5, tags, 4031 if what == "suspended" else 4401)
                took[way] = ended - terminal.end()
                assert took[way] <= SECOND
            if what == "room":
                out.append(bob)
            else:
                bob.socket.close()
        with subtests.test("nothing is heard of the rooms"):
            hers = session_of(alice)  # all of them were deleted
            for bob in out:
                if Room.objects.filter(pk=bob.room.pk).exists():
                    speak(one, hers, bob.room)
            time.sleep(SECOND + 0.3)
            assert [bob.heard_of_the_room() for bob in out] == [[]] * len(out) != []
    with capsys.disabled():
        slowest = max(took, key=lambda way: took[way])
        middle = sorted(took.values())[len(took) // 2]
        print(f"\nShut out: {len(took)} ways, p50 {middle:.3f} s, max {took[slowest]:.3f} s ({slowest})")


def speak(server: ChatServer, key: str, room: Room, said: str = "a+secret") -> None:
    body = f"body={said}&client_id={uuid.uuid4()}"
    assert post(f"{server.url}/rooms/{room.pk}/messages/", key, body) == 201


def post(url: str, key: str, body: str = "") -> int:
    token = "a" * 32
    headers = {"Cookie": f"sessionid={key}; csrftoken={token}", "X-CSRFToken": token, "HX-Request": "true"}
    try:
        with urlopen(Request(url, body.encode(), headers), timeout=90) as answer:
            return int(answer.status)
    except HTTPError as error:  # a page that was led to, signed out
        return error.code


def test_with_redis_away_within_half_a_minute(
    transactional_db: None, alice: User, charlie: User, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is told; each process finds out by itself. The process that writes needs no Redis to tell its own sockets.

    It takes a while, so of the runs on two databases one has Redis killed, and the other has it paused.
    """
    outage = "killed" if ALL_SHARE_ONE else "paused"
    with ExitStack() as stack:
        browser, redis = stack.enter_context(ThreadPoolExecutor(1)), stack.enter_context(redis_server())
        one, other, terminal = stack.enter_context(running(redis))
        person, member, staff = (Bob(stack, alice, other) for _ in range(3))
        here = Bob(stack, alice, one)
        redis.process.send_signal(signal.SIGKILL if outage == "killed" else signal.SIGSTOP)
        stack.callback(redis.process.send_signal, signal.SIGCONT)  # else nothing would stop
        signing_out = browser.submit(post, f"{one.url}/accounts/logout/", here.key)
        while Session.objects.filter(pk=here.key).exists():  # the request has to give Redis up, too
            time.sleep(0.02)
        at_once = -time.time() + here.told_within(SECOND)
        lines = [person.line("bob.shut_out()"), member.line(ROOM["the row deleted"]), staff.line(STAFF["update"])]
        terminal.begin(f"from django.db import transaction\nwith transaction.atomic():\n{indent(''.join(lines), '  ')}")
        while User.objects.get(pk=person.user.pk).is_active:
            time.sleep(0.02)
        began = time.time()
        took = [
            person.told_within(PROMISED) - began,
            member.told_within(PROMISED, member.watched) - began,
            staff.told_within(PROMISED, {"insight"}) - began,
        ]
        assert max(took) <= PROMISED
        with capsys.disabled():
            print(
                f"\nRedis {outage}: here {at_once:.2f} s, elsewhere {', '.join(f'{seconds:.1f} s' for seconds in took)}"
            )
        redis.process.send_signal(signal.SIGCONT)
        assert signing_out.result() in {200, 401}


def test_what_waits_for_a_browser_that_does_not_read_is_taken_back(
    transactional_db: None, alice: User, subtests: pytest.Subtests, capsys: pytest.CaptureFixture[str]
) -> None:
    """12 messages are held by the kernel alone, 40 by the server too."""
    ways = [("his session deleted", 12), ("his session deleted", 40), ("the row deleted", 12), ("the row deleted", 40)]
    hers = session_of(alice)
    environment = server_environment() | {"LIMITS": "off"}
    with chat_server(**environment) as server, shell(environment) as terminal:
        for way, messages in ways:
            bob = make_person(f"bob_{uuid.uuid4().hex[:8]}", "Bob")
            room, key = room_of(alice, bob), session_of(bob)
            with subtests.test(way, messages=messages), frozen_browser(server, key, room) as browser:
                for number in range(messages):
                    speak(server, hers, room, f"message-{number}-{'x' * 9_000}")
                terminal.begin(SHELL.format(bob=bob.pk, room=room.pk, key=key) + (PERSON | ROOM)[way])
                terminal.end()
                time.sleep(SECOND)
                had = everything_from(browser)
                assert b"message-0-" in had, "what had reached it is its own"
                assert f"message-{messages - 1}-".encode() not in had
                with capsys.disabled():
                    print(f"\nFrozen: {len(had)} bytes of about {messages * 9_700} were on their way")


@contextmanager
def frozen_browser(server: ChatServer, key: str, room: Room) -> Iterator[sockets.socket]:
    """It watches, and reads nothing more; its window is small."""
    with sockets.socket() as browser:
        browser.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        browser.settimeout(10)
        browser.connect(("127.0.0.1", server.port))
        browser.sendall(
            f"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {server.url}\r\nCookie: sessionid={key}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        frame = json.dumps({"watch": {room.topic: "0"}}).encode()
        assert len(frame) < 126
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += browser.recv(1000)
        browser.sendall(bytes((0x81, 0x80 | len(frame))) + b"\0" * 4 + frame)  # masked with zeros
        while b'"watching"' not in heard:
            heard += browser.recv(1000)
        yield browser


def everything_from(browser: sockets.socket) -> bytes:
    """Until the other side has closed, or cut it."""
    had = b""
    browser.settimeout(3)
    try:
        while some := browser.recv(65_536):
            had += some
    except ConnectionResetError:
        pass
    return had
