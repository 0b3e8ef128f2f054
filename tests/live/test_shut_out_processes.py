"""The same with real processes: the write in one, the socket at another; and with Redis gone while it was written."""

import json
import os
import re
import signal
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
from tests.live.shutting_out import PERSON, ROOM, SHELL, STAFF
from tests.live.test_shut_out import OF_A_ROOM
from tests.servers import ROOT, ChatServer, RedisServer, chat_server, redis_server

pytestmark = [pytest.mark.waits, pytest.mark.processes]

ALL_SHARE_ONE = not os.environ.get("REDIS_URL")  # embedded: one server, and shells beside it
SECOND = 1.0
PROMISED = 30.0  # seconds, with Redis away
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

    def told_within(self, seconds: float, tags: set[str] | None = None) -> float:
        """When the socket was closed with 4401, or refused these tags; fails after `seconds`."""
        deadline, refused = time.monotonic() + seconds, set[str]()
        try:
            while True:
                frame = json.loads(self.socket.recv(max(0.0, deadline - time.monotonic())))
                refused |= set(frame.get("refused", ()))
                if tags and refused >= tags:
                    return time.time()
        except ConnectionClosed as closed:
            if tags or not closed.rcvd or closed.rcvd.code != 4401:
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
    environment = server_environment() | {"REDIS_URL": redis.url if redis else ""}
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
        ways = [(way, line, "person") for way, line in PERSON.items()]
        ways += [(f"{way} (room)", line, "room") for way, line in ROOM.items()]
        ways += [(f"{way} (staff)", line, "staff") for way, line in STAFF.items()]
        for way, line, what in ways:
            bob = Bob(stack, alice, other, member=what == "room" or "row" not in way)
            with subtests.test(way):
                terminal.begin(bob.line(line))
                tags = {"room": bob.watched, "staff": {"insight"}}.get(what)
                ended = bob.told_within(SECOND + 5, tags)
                took[way] = ended - terminal.end()
                assert took[way] <= SECOND
            if what == "room":
                out.append(bob)
            else:
                bob.socket.close()
        with subtests.test("nothing is heard of the rooms"):
            for bob in out:
                if Room.objects.filter(pk=bob.room.pk).exists():
                    speak(one, alice, bob.room)
            time.sleep(SECOND + 0.3)
            assert [bob.heard_of_the_room() for bob in out] == [[]] * len(ROOM)
    with capsys.disabled():
        slowest = max(took, key=lambda way: took[way])
        middle = sorted(took.values())[len(took) // 2]
        print(f"\nShut out: {len(took)} ways, p50 {middle:.3f} s, max {took[slowest]:.3f} s ({slowest})")


def speak(server: ChatServer, author: User, room: Room) -> None:
    body = f"body=a+secret&client_id={uuid.uuid4()}"
    assert post(f"{server.url}/rooms/{room.pk}/messages/", session_of(author), body) == 201


def post(url: str, key: str, body: str = "") -> int:
    token = "a" * 32
    headers = {"Cookie": f"sessionid={key}; csrftoken={token}", "X-CSRFToken": token, "HX-Request": "true"}
    try:
        with urlopen(Request(url, body.encode(), headers), timeout=90) as answer:
            return int(answer.status)
    except HTTPError as error:  # a page that was led to, signed out
        return error.code


@pytest.mark.parametrize("outage", ["killed", "paused"])
def test_with_redis_away_within_half_a_minute(
    transactional_db: None, alice: User, charlie: User, outage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is told; each process finds out by itself. The process that writes needs no Redis to tell its own sockets."""
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
