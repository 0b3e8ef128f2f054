"""The figures, as a table."""

import statistics
from collections import Counter
from dataclasses import dataclass, field

from tests.faults.checker import Findings

KINDS = ("lost", "doubled", "out of order", "foreign", "refused")


@dataclass
class Line:
    """What happened under one fault, however often it came."""

    times: int = 0
    deliveries: int = 0
    until_right: list[float] = field(default_factory=list)  # of each page, seconds from the end of the fault
    counts: Counter[str] = field(default_factory=Counter)


@dataclass
class Report:
    lines: dict[str, Line] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def add(self, title: str, deliveries: int, until_right: list[float], findings: Findings) -> None:
        line = self.lines.setdefault(title, Line())
        line.times += 1
        line.deliveries += deliveries
        line.until_right += until_right
        line.counts += findings.counts
        self.words += [f"{title}: {words}" for words in findings.words]

    @property
    def broken(self) -> bool:
        return any(line.counts for line in self.lines.values())

    def __str__(self) -> str:
        width = max(len(title) for title in [*self.lines, "all of it"])
        head = f"{'':{width}} | times | deliveries | right again: p50 |    max | " + " | ".join(KINDS)
        rows = [self._row(title, width, line) for title, line in self.lines.items()]
        return "\n".join([head, "-" * len(head), *rows, self._row("all of it", width, self._sum()), *self.words])

    @staticmethod
    def _row(title: str, width: int, line: Line) -> str:
        p50 = statistics.median(line.until_right) if line.until_right else 0
        most = max(line.until_right, default=0)
        counts = " | ".join(f"{line.counts[kind]:{len(kind)}}" for kind in KINDS)
        return f"{title:{width}} | {line.times:5} | {line.deliveries:10,} | {p50:14.2f} s | {most:4.1f} s | {counts}"

    def _sum(self) -> Line:
        whole = Line()
        for line in self.lines.values():
            whole.times += line.times
            whole.deliveries += line.deliveries
            whole.until_right += line.until_right
            whole.counts += line.counts
        return whole
