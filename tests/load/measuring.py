"""Samples: a paced burst of frames through one server, with its CPU before and after."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.load.contestants import Contestant
from tests.servers import ROOT

FRAME_BYTES = 500
WARM_UP = 2  # frames that are not measured


@dataclass(frozen=True)
class Load:
    sockets: int
    frames: int  # of each sample
    per_second: float  # low enough that the slowest server is idle half of the time


@dataclass(frozen=True)
class Sample:
    cpu: float  # µs per delivery, without what the idle server uses
    idle: float  # % of a core that the server uses with its sockets open and nothing sent
    busy: float  # % of a core during the burst
    p50: float  # ms from publish to a browser's receive
    p99: float


class Failed(Exception):
    """A frame was lost, doubled or out of order: the figures would compare different work."""


class Crowd:
    """The process that holds all browsers."""

    def __init__(self, module: str) -> None:
        command = [sys.executable, "-m", module]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(command), file=self.process.stdin, flush=True)
        if not (line := self.process.stdout.readline()):
            raise Failed("The browsers ended; see their traceback above.")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def crowd_running(module: str = "tests.load.crowd") -> Iterator[Crowd]:
    crowd = Crowd(module)
    try:
        yield crowd
    finally:
        crowd.process.kill()
        crowd.process.wait()


def join(crowd: Crowd, contestant: Contestant, sessions: list[str], sockets: int) -> None:
    """Open as many as are missing."""
    server = {"name": contestant.name, "port": contestant.port, "path": contestant.path, "watch": contestant.watch}
    there = crowd.ask(server | {"sessions": []})["open"]
    crowd.ask(server | {"sessions": sessions[there:sockets]})


def one_round(crowd: Crowd, contestants: list[Contestant], load: Load) -> dict[str, Sample]:
    """One sample of each, one after the other, after a silence of the same length that serves all."""
    for contestant in contestants:
        burst(crowd, contestant, load, WARM_UP)
    before = [contestant.cpu() for contestant in contestants]
    time.sleep(silence := load.frames / load.per_second)
    idle = [(contestant.cpu() - cpu) / silence for contestant, cpu in zip(contestants, before, strict=True)]
    return {
        contestant.name: sample(crowd, contestant, load, share)
        for contestant, share in zip(contestants, idle, strict=True)
    }


def sample(crowd: Crowd, contestant: Contestant, load: Load, idle: float) -> Sample:
    """`idle`: seconds of CPU per second."""
    cpu, started = contestant.cpu(), time.monotonic()
    latencies = burst(crowd, contestant, load, load.frames)
    cpu, elapsed = contestant.cpu() - cpu, time.monotonic() - started
    percentiles = statistics.quantiles(latencies, n=100)
    return Sample(
        cpu=(cpu - idle * elapsed) / len(latencies) * 1e6,
        idle=idle * 100,
        busy=cpu / elapsed * 100,
        p50=percentiles[49] * 1000,
        p99=percentiles[98] * 1000,
    )


def burst(crowd: Crowd, contestant: Contestant, load: Load, frames: int) -> list[float]:
    """Publish numbered frames at the load's pace; returns the latency of each delivery in seconds. Raises Failed."""
    started = time.monotonic()
    for number in range(1, frames + 1):
        time.sleep(max(0, started + (number - 1) / load.per_second - time.monotonic()))
        contestant.publish(numbered(contestant.topic, number))
    time.sleep(max(0, started + frames / load.per_second - time.monotonic()))
    answer = crowd.ask({"name": contestant.name, "frames": frames})
    if not answer["complete"]:
        raise Failed(
            f"{contestant.name}: {answer['received']} of {frames * load.sockets} frames came, or not in order."
        )
    latencies: list[float] = answer["latencies"]
    return latencies


def numbered(topic: str, number: int) -> dict[str, Any]:
    """A frame in the shape of the chat's, padded to FRAME_BYTES."""
    frame = {"tag": topic, "version": str(number), "sent": time.monotonic(), "content": ""}
    return frame | {"content": "x" * (FRAME_BYTES - len(json.dumps(frame, separators=(",", ":"))))}
