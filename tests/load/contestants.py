"""The three servers: how each is started, joined and published to. All are Daphne, on the same Redis and settings."""

import json
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, ClassVar

import psutil  # type: ignore[import-untyped]
from asgiref.sync import async_to_sync
from channels.layers import channel_layers
from websockets.sync.client import connect

from chatpoc import live
from tests.load import floor, stock
from tests.servers import ROOT, free_port, wait_for_port

# Daphne pings every socket that was silent for 20 s, all in one second here; that second would be in one sample or another.
OPTIONS = ["--websocket_timeout=-1", "--ping-interval=3600"]
DAPHNE = ["daphne", "--verbosity=0"]


class Contestant(ABC):
    name: ClassVar[str]
    what: ClassVar[str]
    module: ClassVar[list[str]]  # what Python runs, and where needed its application
    path = "/"
    watch: dict[str, str] | None = None

    def __init__(self, topic: str) -> None:
        self.topic, self.port = topic, free_port()

    @abstractmethod
    def publish(self, frame: dict[str, Any]) -> None: ...

    @contextmanager
    def running(self) -> Iterator["Contestant"]:
        program, *rest = self.module
        command = [sys.executable, "-m", program, "--port", str(self.port), *OPTIONS, *rest]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            wait_for_port(self.port, process)
            self.process = psutil.Process(process.pid)
            yield self
        finally:
            process.terminate()
            try:
                process.wait(10)
            finally:
                process.kill()

    def cpu(self) -> float:
        """Seconds of CPU that the server has used, its threads included."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


class Stock(Contestant):
    name = "stock"
    what = "`AsyncWebsocketConsumer` and `group_send`"
    module = [*DAPHNE, "tests.load.stock:application"]

    def publish(self, frame: dict[str, Any]) -> None:
        message = {"type": "room.frame", "text": as_text(frame)}
        async_to_sync(channel_layers["default"].group_send)(stock.GROUP, message)


class Ours(Contestant):
    name = "ours"
    what = "`LiveConsumer`, `Hub` and `live.publish`"
    module = ["chatpoc.serve"]
    path = "/ws/"

    def __init__(self, topic: str) -> None:
        super().__init__(topic)
        self.watch = {topic: "0"}

    def publish(self, frame: dict[str, Any]) -> None:
        live.publish(self.topic, frame)


class Floor(Contestant):
    name = "floor"
    what = "a loop over bare ASGI `send`, no Channels, no Redis"
    module = [*DAPHNE, "tests.load.floor:application"]

    def publish(self, frame: dict[str, Any]) -> None:
        self.control.send(as_text(frame))

    @contextmanager
    def running(self) -> Iterator["Contestant"]:
        with super().running(), connect(f"ws://127.0.0.1:{self.port}{floor.CONTROL}", compression=None) as self.control:
            yield self


@contextmanager
def all_running(topic: str) -> Iterator[list[Contestant]]:
    with ExitStack() as stack:
        yield [stack.enter_context(kind(topic).running()) for kind in (Stock, Ours, Floor)]


def as_text(frame: dict[str, Any]) -> str:
    """As live.publish writes it."""
    return json.dumps(frame, separators=(",", ":"))
