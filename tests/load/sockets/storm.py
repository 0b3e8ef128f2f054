"""Everybody comes at once, as after a restart."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from tests.load.crowds import Crowd
from tests.load.peers.contestants import Contestant, Ours
from tests.load.peers.world import World
from tests.load.sections import Section

SECOND = 1.0  # within which all try for the first time
TEXT = """All try within one second; whose try fails tries again a second later, sooner than a browser would. The time is from
each one's first try until frames may come; in the chat that is after it was signed in, and told
which of its tags it may watch."""


@dataclass(frozen=True)
class Storm:
    cpu: float  # ms for each socket
    waits: list[float]  # seconds, sorted
    failed: int  # tries
    never: int  # sockets that gave up
    lasted: float  # seconds


def seconds(waits: list[float], which: Callable[[list[float]], float]) -> str:
    return f"{which(waits):.2f}" if waits else "none came in"


class Storms:
    def __init__(self, world: World, count: int) -> None:
        self.world, self.count = world, count
        self.found: dict[str, Storm] = {}

    def measure(self, one: Contestant, crowd: Crowd) -> None:
        sockets = [one.address(self.world.one, session) for session in self.world.sessions[: self.count]]
        before = one.server.cpu()
        answer = crowd.ask({"do": "storm", "sockets": sockets, "seconds": SECOND} | one.door)
        used = one.server.cpu() - before
        crowd.ask({"do": "close"})
        failed, never = answer["failed"], self.count - answer["open"]
        self.found[one.name] = Storm(used / self.count * 1e3, answer["waits"], failed, never, answer["lasted"])

    def section(self) -> Section:
        ours = self.found[Ours.name]
        return Section(
            title=f"{self.count:,} sockets connect at once",
            text=TEXT,
            columns=[
                "server", "ms of CPU per socket", "times ours", "s until open, median", "s, the last", "failed tries",
                "never open",
            ],
            rows=[
                [
                    name, f"{storm.cpu:.2f}", f"{storm.cpu / ours.cpu:.2f}", seconds(storm.waits, statistics.median),
                    seconds(storm.waits, max), f"{storm.failed:,}", str(storm.never),
                ]
                for name, storm in self.found.items()
            ],
            verdict=f"**Missed:** {ours.never} people did not get into the chat at all." if ours.never else "",
            reached=not ours.never,
            figures={name: {"lasted": round(storm.lasted, 2)} for name, storm in self.found.items()},
            headline={
                f"s until the last of {self.count} is open, {name}": storm.waits[-1]
                for name, storm in self.found.items()
                if storm.waits
            }
            | {f"ms of CPU per connection, {name}": round(storm.cpu, 3) for name, storm in self.found.items()},
        )  # fmt: skip
