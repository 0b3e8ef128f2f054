"""Samples: a paced burst of frames through one server, with its CPU before and after."""

import json
import statistics
import time
from dataclasses import dataclass
from typing import Any

from tests.load.crowds import Crowd, Failed
from tests.load.peers.contestants import Contestant
from tests.load.peers.world import World

FRAME_BYTES = 500
WARM_UP = 1  # frames that are not measured
SILENCE = 4  # seconds


@dataclass(frozen=True)
class Load:
    sockets: int
    rooms: int  # 1, or as many as there are: each socket is in one
    frames: int  # of each sample and room
    per_second: float  # in each room; low enough that the slowest server is idle half of the time
    rounds: int
    posts: int  # to measure the way from a POST to the sockets
    posts_per_second: float

    @property
    def where(self) -> str:
        return "one room" if self.rooms == 1 else f"{self.rooms} rooms"


@dataclass(frozen=True)
class Sample:
    cpu: float  # µs per delivery, without what the idle server uses
    idle: float  # % of a core that the server uses with its sockets open and nothing sent
    busy: float  # % of a core during the burst
    p50: float  # ms from publish to a browser's receive
    p99: float


@dataclass
class Entry:
    """One of those who take part, and its browsers."""

    contestant: Contestant
    crowd: Crowd
    open: int = 0

    def join(self, world: World, load: Load) -> None:
        """Open as many as are missing."""
        rooms, one = world.rooms(load.rooms), self.contestant
        places = [(rooms[number % len(rooms)], world.sessions[number]) for number in range(self.open, load.sockets)]
        sockets = [one.address(room, session) for room, session in places]
        self.open = self.crowd.ask({"do": "open", "sockets": sockets} | one.door)["open"]

    def leave(self) -> None:
        self.crowd.ask({"do": "close"})
        self.open = 0


def one_round(entries: list[Entry], world: World, load: Load) -> dict[str, Sample]:
    """One sample of each, one after the other, after a silence that serves all."""
    rooms = world.rooms(load.rooms)
    for entry in entries:
        burst(entry, rooms, load, WARM_UP)
    servers = [entry.contestant.server for entry in entries]
    before = [server.cpu() for server in servers]
    time.sleep(SILENCE)
    idle = [(server.cpu() - cpu) / SILENCE for server, cpu in zip(servers, before, strict=True)]
    return {
        entry.contestant.name: sample(entry, rooms, load, share) for entry, share in zip(entries, idle, strict=True)
    }


def sample(entry: Entry, rooms: list[int], load: Load, idle: float) -> Sample:
    """`idle`: seconds of CPU per second."""
    server = entry.contestant.server
    cpu, started = server.cpu(), time.monotonic()
    latencies = burst(entry, rooms, load, load.frames)
    cpu, elapsed = server.cpu() - cpu, time.monotonic() - started
    percentiles = statistics.quantiles(latencies, n=100)
    return Sample(
        cpu=(cpu - idle * elapsed) / len(latencies) * 1e6,
        idle=idle * 100,
        busy=cpu / elapsed * 100,
        p50=percentiles[49] * 1000,
        p99=percentiles[98] * 1000,
    )


def burst(entry: Entry, rooms: list[int], load: Load, frames: int) -> list[float]:
    """Publish numbered frames at the load's pace, to the rooms in turn; returns the latency of each delivery in seconds.
    Raises Failed."""
    started, gap = time.monotonic(), 1 / load.per_second / len(rooms)
    for number in range(frames * len(rooms)):
        time.sleep(max(0, started + number * gap - time.monotonic()))
        room = rooms[number % len(rooms)]
        entry.contestant.publish(room, numbered(room, number // len(rooms) + 1))
    time.sleep(max(0, started + frames / load.per_second - time.monotonic()))
    answer = entry.crowd.ask({"do": "collect", "frames": frames})
    if not answer["complete"]:
        lost = f"{answer['received']} of {frames * load.sockets} frames came, or not in order"
        raise Failed(f"{entry.contestant.name}, {load.sockets} sockets in {load.where}: {lost}.")
    latencies: list[float] = answer["latencies"]
    return latencies


def numbered(room: int, number: int) -> dict[str, Any]:
    """A frame in the shape of the chat's, padded to FRAME_BYTES."""
    frame = {"tag": f"room:{room}", "version": str(number), "sent": time.monotonic(), "content": ""}
    return frame | {"content": "x" * (FRAME_BYTES - len(json.dumps(frame, separators=(",", ":"))))}
