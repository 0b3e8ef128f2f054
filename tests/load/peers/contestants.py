"""The chat and its peers: how each is started, joined, posted and published to. All have the same database and Redis."""

import json
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, ClassVar

from asgiref.sync import async_to_sync
from channels.layers import channel_layers
from websockets.sync.client import connect

from chatpoc import live
from tests.load.environment import say
from tests.load.peers import floor
from tests.load.peers.groups import group_of
from tests.load.peers.node import Unavailable, installed
from tests.load.server import Server
from tests.servers import ROOT, free_port, wait_for_port

# Daphne pings every socket that was silent for 20 s, all in one second here; that second would be in one sample or another.
OPTIONS = ["--websocket_timeout=-1", "--ping-interval=3600"]
TOKEN = "a" * 32
DAPHNE = [sys.executable, "-m", "daphne", "--verbosity=0"]


class Contestant(ABC):
    name: ClassVar[str]
    what: ClassVar[str]
    kind: ClassVar[str] = "plain"  # of browser, see tests/load/crowd.py
    server: Server

    @abstractmethod
    def command(self, port: int) -> list[str]: ...

    @abstractmethod
    def publish(self, room: int, frame: dict[str, Any]) -> None: ...

    def path(self, room: int) -> str:
        return f"/room/{room}"

    def watch(self, room: int) -> dict[str, str] | None:
        return None

    def address(self, room: int, session: str) -> list[Any]:
        """Of a socket, as tests/load/crowd.py takes it."""
        return [self.path(room), session, self.watch(room)]

    def request(self, room: int, session: str) -> dict[str, Any]:
        """A client who says something, as tests/load/clients.py takes it."""
        cookies = f"sessionid={session}; csrftoken={TOKEN}"
        headers = {"Cookie": cookies, "X-CSRFToken": TOKEN, "HX-Request": "true"}
        return {"port": self.server.port, "path": f"/rooms/{room}/messages/", "headers": headers, "says": True}

    @property
    def door(self) -> dict[str, Any]:
        return {"port": self.server.port, "kind": self.kind}

    @contextmanager
    def running(self) -> Iterator["Contestant"]:
        port = free_port()
        process = subprocess.Popen(self.command(port), cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            wait_for_port(port, process)
            self.server = Server(process, port)
            yield self
        finally:
            process.terminate()
            try:
                process.wait(10)
            finally:
                process.kill()


class Stock(Contestant):
    name = "stock"
    what = (
        "Channels as its documentation teaches: `AsyncWebsocketConsumer`, `group_send`, a view behind Django's sessions"
    )

    def command(self, port: int) -> list[str]:
        return [*DAPHNE, "--port", str(port), *OPTIONS, "tests.load.peers.stock:application"]

    def publish(self, room: int, frame: dict[str, Any]) -> None:
        message = {"type": "room.frame", "text": as_text(frame)}
        async_to_sync(channel_layers["default"].group_send)(group_of(room), message)


class Ours(Contestant):
    name = "ours"
    what = "the chat: `LiveConsumer`, `Hub`, `live.publish`, and everything that a message is there"
    kind = "watching"

    def command(self, port: int) -> list[str]:
        return [sys.executable, "-m", "chatpoc.serve", "--port", str(port), *OPTIONS]

    def path(self, room: int) -> str:
        return "/ws/"

    def watch(self, room: int) -> dict[str, str]:
        return {f"room:{room}": "0"}

    def publish(self, room: int, frame: dict[str, Any]) -> None:
        live.publish(f"room:{room}", frame)


class Controlled(Contestant):
    """What is published goes in by a socket of its own."""

    def publish(self, room: int, frame: dict[str, Any]) -> None:
        self.control.send(f"{room} {as_text(frame)}")

    @contextmanager
    def running(self) -> Iterator[Contestant]:
        with (
            super().running(),
            connect(f"ws://127.0.0.1:{self.server.port}{floor.CONTROL}", compression=None) as socket,
        ):
            self.control = socket
            yield self


class Floor(Controlled):
    name = "floor"
    what = "a loop over bare ASGI `send` on the same Daphne: no Channels, no Redis, no database, nobody signed in"

    def command(self, port: int) -> list[str]:
        return [*DAPHNE, "--port", str(port), *OPTIONS, "tests.load.peers.floor:application"]


class Node(Controlled):
    folder: Path

    def command(self, port: int) -> list[str]:
        return ["node", str(self.folder / "server.js"), self.name, str(port)]


class Ws(Node):
    name = "ws"
    what = "Node's `ws`: a loop over the sockets of a room, one INSERT by `pg`; nobody signed in"


class SocketIo(Node):
    name = "socket.io"
    what = "`io.to(room).emit()`, one INSERT by `pg`; nobody signed in"
    kind = "socket.io"

    def path(self, room: int) -> str:
        return f"/socket.io/?EIO=4&transport=websocket&room={room}"


KINDS: list[type[Contestant]] = [Stock, Ours, Floor, Ws, SocketIo]


@contextmanager
def all_running() -> Iterator[tuple[list[Contestant], dict[str, str]]]:
    """Those that run here, and why the others do not, by name."""
    with ExitStack() as stack:
        missing: dict[str, str] = {}
        try:
            Node.folder = stack.enter_context(installed())
        except Unavailable as why:
            missing = {Ws.name: str(why), SocketIo.name: str(why)}
            say(f"Without Node's peers: {why}")
        there = [kind() for kind in KINDS if kind.name not in missing]
        yield [stack.enter_context(one.running()) for one in there], missing


def listed(missing: dict[str, str]) -> str:
    """Who takes part, and who does not and why, as Markdown."""
    lines = [f"- **{kind.name}**: {kind.what}" for kind in KINDS if kind.name not in missing]
    return "\n".join(lines + [f"- **{name}** is not among them: {why}" for name, why in missing.items()])


def as_text(frame: dict[str, Any]) -> str:
    """As live.publish writes it."""
    return json.dumps(frame, separators=(",", ":"))
