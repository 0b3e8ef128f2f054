"""What the page for the curious shows, and how it follows: staff alone may watch `insight`, which is renewed gently."""

import asyncio
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext
from prometheus_client import Counter, Histogram

from chatpoc.live import counters, tags
from chatpoc.live.invalidation import invalidate

if TYPE_CHECKING:  # the hub starts `follow`
    from chatpoc.live.hub import Hub

TAG = "insight"
FRAGMENT = "chatpoc.figures"
OWN = (TAG, FRAGMENT)  # not shown and not followed: the page would make itself stale for ever
PACE = 1  # seconds between two renewals, at least
BOUNDS = tuple(float(bound) for bound in (*counters.AGES, "inf"))
PROMISE = 1  # second; no visible fragment shall be older
STARTED = datetime.now(UTC)
PROCESS = f"{socket.gethostname()}, process {os.getpid()}"


def may_look(viewer: object) -> bool:
    return isinstance(viewer, AbstractBaseUser) and viewer.is_active and bool(getattr(viewer, "is_staff", False))


async def follow(hub: "Hub") -> None:
    """Make the page stale while somebody looks at it here and something was counted."""
    shown = -1.0
    while True:
        await asyncio.sleep(PACE)
        if TAG in hub.topics and (now := counters.moved(without=OWN)) != shown:
            shown = now
            await asyncio.to_thread(invalidate, {TAG})


@dataclass(frozen=True)
class Bar:
    """One step of a histogram: `share` of the highest, in percent."""

    label: str
    count: int
    share: float
    late: bool
    left: int  # its place in the small picture of a row, which is 20 high

    @property
    def height(self) -> float:
        return round(self.share / 5, 1)

    @property
    def top(self) -> float:
        return round(20 - self.height, 1)


@dataclass(frozen=True)
class Row:
    """A tag type, or a fragment."""

    name: str
    invalidations: int = 0
    hints: int = 0
    frames: int = 0
    fetches: int = 0
    unchanged: int = 0
    size: int = 0
    ages: tuple[Bar, ...] = ()
    renders: int = 0
    milliseconds: float = 0  # of a render, on average


def types() -> list[Row]:
    invalidated, hints, frames = (_totals(c) for c in (counters.invalidations, counters.hints, counters.frames))
    fetches, sizes = _totals(counters.type_fetches), _totals(counters.type_bytes)
    names = {key[0] for found in (invalidated, frames, fetches) for key in found} - {*OWN}
    return [
        Row(
            name,
            invalidations=invalidated.get((name,), 0),
            hints=hints.get((name,), 0),
            frames=frames.get((name,), 0),
            fetches=fetches.get((name, counters.FRESH), 0),
            unchanged=fetches.get((name, counters.UNCHANGED), 0),
            size=sizes.get((name,), 0),
            ages=tuple(ages(name)),
        )
        for name in sorted(names)
    ]


def fragments() -> list[Row]:
    fetches, sizes = _totals(counters.fetches), _totals(counters.fetched_bytes)
    rendered = {labels["fragment"]: values for labels, values in _histograms(counters.renders)}
    names = ({key[0] for key in fetches} | rendered.keys()) - {*OWN}
    return [
        Row(
            name,
            fetches=fetches.get((name, counters.FRESH), 0),
            unchanged=fetches.get((name, counters.UNCHANGED), 0),
            size=sizes.get((name,), 0),
            renders=(count := int(rendered.get(name, {}).get("count", 0))),
            milliseconds=1000 * rendered[name]["sum"] / count if count else 0,
        )
        for name in sorted(names)
    ]


def ages(type_: str = "") -> list[Bar]:
    """How long fragments were stale before they were fetched anew: of one type, or of all but our own."""
    counts = [0] * len(BOUNDS)
    for labels, values in _histograms(counters.staleness):
        if labels["type"] == type_ or (not type_ and labels["type"] != TAG):
            counts = [sum(pair) for pair in zip(counts, _each_alone(values), strict=True)]
    highest = max(*counts, 1)
    return [
        Bar(_label(bound), count, round(100 * count / highest, 1), late=bound > PROMISE, left=4 * place)
        for place, (bound, count) in enumerate(zip(BOUNDS, counts, strict=True))
    ]


def _label(bound: float) -> str:
    if bound == BOUNDS[-1]:
        return gettext("over %(bound)s s") % {"bound": f"{counters.AGES[-1]:g}"}
    if bound < 1:
        return gettext("to %(bound)s ms") % {"bound": f"{bound * 1000:g}"}
    return gettext("to %(bound)s s") % {"bound": f"{bound:g}"}


def _each_alone(values: dict[str, float]) -> Iterable[int]:
    """Prometheus' buckets hold everything up to their bound; here each holds what the one before does not."""
    below = 0
    for bound in BOUNDS:
        upto = int(values[f"le={bound}"])
        yield upto - below
        below = upto


def _totals(counter: Counter) -> dict[tuple[str, ...], int]:
    """The value of each combination of labels."""
    return {
        tuple(sample.labels.values()): int(sample.value)
        for metric in counter.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    }


def _histograms(histogram: Histogram) -> list[tuple[dict[str, str], dict[str, float]]]:
    """For each combination of labels: `count`, `sum`, and `le=<bound>` for each bucket."""
    found: dict[tuple[str, ...], tuple[dict[str, str], dict[str, float]]] = {}
    for metric in histogram.collect():
        for sample in metric.samples:
            labels = {name: value for name, value in sample.labels.items() if name != "le"}
            _, values = found.setdefault(tuple(labels.values()), (labels, {}))
            part = sample.name.rpartition("_")[2]
            values[f"le={float(sample.labels['le'])}" if part == "bucket" else part] = sample.value
    return list(found.values())


def _staff_alone(viewer: AbstractBaseUser, ids: list[str]) -> list[str]:
    return [""] if "" in ids and may_look(viewer) else []


tags.declare(TAG, _staff_alone, whole=True)
