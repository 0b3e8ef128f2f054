"""What a part of the benchmark found, for people and for programs."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Section:
    title: str
    text: str
    columns: list[str]
    rows: list[list[str]]
    verdict: str
    reached: bool | None  # None where there is no goal
    figures: dict[str, Any] = field(default_factory=dict)  # samples
    headline: dict[str, float] = field(default_factory=dict)  # by name, what the one report and its goals are made of


MANY = 20  # samples, of which a report tells just the middle half


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Median, and the middle half of many values or all of few."""
    low, high = min(values), max(values)
    if len(values) >= 8:
        low, _, high = statistics.quantiles(values, n=4)
    return f"{statistics.median(values):,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def rounded(values: Sequence[float]) -> list[float] | dict[str, float]:
    if len(values) < MANY:
        return [round(value, 3) for value in values]
    low, middle, high = statistics.quantiles(values, n=4)
    return {
        "samples": len(values),
        "quarter": round(low, 3),
        "median": round(middle, 3),
        "three quarters": round(high, 3),
    }


def unmeasured(title: str, why: str) -> Section:
    return Section(title, f"**Not measured:** {why}.", columns=[], rows=[], verdict="", reached=None)
