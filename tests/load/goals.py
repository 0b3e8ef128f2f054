"""What the chat is meant to reach, and whether a run did: arithmetic on the headline figures of the chapters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["reached", "missed", "not measured", "cannot be told here"]
Figures = Mapping[str, float]


@dataclass(frozen=True)
class Bound:
    """One figure, and what it has to be."""

    figure: str
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    digits: int = 1

    def judge(self, figures: Figures) -> Verdict:
        if (value := figures.get(self.figure)) is None:
            return "not measured"
        fits = (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)
        return "reached" if fits else "missed"

    def shown(self, figures: Figures) -> str:
        if (value := figures.get(self.figure)) is None:
            return "—"
        return f"{value:,.{self.digits}f}{self.unit}"


@dataclass(frozen=True)
class Goal:
    what: str
    goal: str  # in words
    bounds: list[Bound]
    cores: int = 1  # with fewer, a miss says nothing

    def judge(self, figures: Figures) -> Verdict:
        """A single miss is a miss; what is only partly measured is not reached."""
        verdicts = [bound.judge(figures) for bound in self.bounds]
        if "missed" in verdicts:
            return "missed" if figures.get("cores", 1) >= self.cores else "cannot be told here"
        return "not measured" if "not measured" in verdicts else "reached"

    def shown(self, figures: Figures) -> str:
        return "; ".join(bound.shown(figures) for bound in self.bounds)


GOALS = [
    Goal(
        "CPU per delivery, 1,000 sockets",
        "≥ 6× cheaper than stock Channels consumers; ≤ 1.3× the bare floor",
        [
            Bound("times cheaper than stock, 1000 sockets in one room", "× cheaper", at_least=6),
            Bound("times the floor, 1000 sockets in one room", "× the floor", at_most=1.3, digits=2),
        ],
    ),
    Goal(
        "POST → other socket",
        "p50 idle ≤ 8 ms; p99 with 50 sends/s and 200 sockets ≤ 50 ms",
        [
            Bound("p50, ms, ours, idle, 2 sockets", " ms", at_most=8),
            Bound("p99, ms, ours, 50 sends a second, 200 sockets", " ms", at_most=50),
        ],
    ),
    Goal(
        "server CPU per direct message with 50, and with 1,000 uninvolved people online",
        "the same within 20 %, and ≤ 4 ms with the database",
        [
            Bound("times the CPU of a direct message, 1000 uninvolved to 50", "×", 1 / 1.2, 1.2, digits=2),
            Bound("ms of CPU of a direct message with the database, 1000 uninvolved", " ms", at_most=4),
        ],
    ),
    Goal(
        "sends per second, 8 senders, PostgreSQL",
        "≥ 250 per process",
        [Bound("sends a second, ours, 8 senders", "/s", at_least=250, digits=0)],
    ),
    Goal(
        "room page, warm, 16 clients",
        "≥ 400/s per process; 304s ≥ 1,500/s",
        [
            Bound("room pages a second", "/s", at_least=400, digits=0),
            Bound("304s a second", "/s", at_least=1500, digits=0),
        ],
    ),
    Goal(
        "memory per idle socket",
        "≤ 40 KiB",
        [
            Bound("KiB per idle socket, ours, 1000 sockets", " KiB at 1,000", at_most=40),
            Bound("KiB per idle socket, ours, 5000 sockets", " KiB at 5,000", at_most=40),
        ],
    ),
    Goal(
        "2 processes",
        "≥ 1.8× of 1, where two cores allow",
        [
            Bound("times the sends of one process", "× the sends", at_least=1.8, digits=2),
            Bound("times the pages of one process", "× the pages", at_least=1.8, digits=2),
        ],
        cores=4,  # two for the processes; clients, PostgreSQL and Redis need some, too
    ),
]
