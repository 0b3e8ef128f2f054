"""Clients ask one server as fast as it answers, and then the floor for as many bytes."""

import statistics
from typing import Any

from tests.load.busy import busy
from tests.load.crowds import Crowd, Failed
from tests.load.http_client import Client
from tests.load.pages.kinds import Kind
from tests.load.sections import Section, spread
from tests.load.server import Server

TEXT = """Median of the rounds (lowest–highest), in which all take turns."""


class Asking:
    def __init__(self, clients: Crowd, ours: Server, floor: Server, seconds: float) -> None:
        self.clients, self.ours, self.floor, self.seconds = clients, ours, floor, seconds
        self.kinds: list[Kind] = []
        self.sizes: dict[str, int] = {}  # bytes of the answer
        self.rates: dict[str, list[float]] = {}
        self.bare: dict[str, list[float]] = {}  # the floor's rates
        self.cpu: dict[str, list[float]] = {}  # ms for each request
        self.waits: dict[str, list[float]] = {}  # ms, the slowest of a hundred

    def measure(self, kinds: list[Kind], rounds: int) -> None:
        self.kinds, self.rates, self.bare, self.cpu, self.waits = kinds, {}, {}, {}, {}
        for kind in kinds:
            session = kind.sessions[0]
            status, _, self.sizes[kind.name] = Client(self.ours.port, session).get(
                kind.path, **kind.headers_of(session)
            )
            if status != kind.status:
                raise Failed(f"{kind.name} was answered with {status}.")
        for _ in range(rounds):
            for kind in kinds:
                self.sample(kind)

    def sample(self, kind: Kind) -> None:
        name = kind.name
        before = self.ours.cpu()
        answer = self.busy(self.ours, kind.path, [kind.headers_of(session) for session in kind.sessions], kind.status)
        self.cpu.setdefault(name, []).append((self.ours.cpu() - before) / answer["all"] * 1e3)
        self.rates.setdefault(name, []).append(answer["count"] / answer["lasted"])
        self.waits.setdefault(name, []).append(statistics.quantiles(answer["waits"], n=100)[98] * 1e3)
        bare = self.busy(self.floor, f"/bytes/{self.sizes[name]}", [{} for _ in kind.sessions], 200)
        self.bare.setdefault(name, []).append(bare["count"] / bare["lasted"])

    def busy(self, server: Server, path: str, headers: list[dict[str, str]], status: int) -> dict[str, Any]:
        """A client for each of `headers`."""
        requests = [{"port": server.port, "path": path, "headers": own} for own in headers]
        return busy(self.clients, path, requests, self.seconds, status)

    def section(self, title: str) -> Section:
        return Section(
            title=title,
            text=TEXT,
            columns=["", "bytes", "a second", "the floor's, times this", "ms of CPU", "ms for 99 of 100"],
            rows=[self.row(kind.name) for kind in self.kinds],
            verdict="",
            reached=None,
            headline={
                kind.figure: round(statistics.median(self.rates[kind.name]), 1) for kind in self.kinds if kind.figure
            },
        )

    def row(self, name: str) -> list[str]:
        times = statistics.median(self.bare[name]) / statistics.median(self.rates[name])
        return [
            name, f"{self.sizes[name]:,}", spread(self.rates[name]), f"{times:.1f}", spread(self.cpu[name], 2),
            spread(self.waits[name]),
        ]  # fmt: skip
