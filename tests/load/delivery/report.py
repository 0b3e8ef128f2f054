"""What was measured, as sections."""

import statistics
from dataclasses import asdict

from tests.load.chapter import Chapter
from tests.load.delivery.measuring import FRAME_BYTES, Load, Sample
from tests.load.delivery.posts import Posts
from tests.load.peers.contestants import Floor, Ours, Stock, listed
from tests.load.sections import Section

TARGET = 3  # times cheaper than stock
MANY = 50  # sockets in a room, from which on: with fewer, it is the frame that costs, and not its deliveries
Rounds = list[dict[str, Sample]]
Results = list[tuple[Load, Rounds, dict[str, Posts]]]

INTRODUCTION = f"""# CPU per delivery

One process each, frames of {FRAME_BYTES} bytes, published from outside. CPU of the server process (user and system) during a
paced burst, without its idle use, divided by deliveries; every browser got every frame, in order. Median of the rounds
(lowest–highest); the servers take turns in each round. The chat and stock are told through Redis, the others over a socket.
Latency is from before the publish to a browser's receive, the loop over all sockets included. Browsers and servers share the
cores, so it compares servers and promises nothing. Made by `make bench`.

"""
COLUMNS = [
    "sockets", "server", "µs of CPU per delivery", "times cheaper than stock", "times the floor", "busy, % of a core", "p50 ms",
    "p99 ms",
]  # fmt: skip


POSTED = """A form with a client id and a short text, by somebody who has no socket, with nothing else going on; from before the
POST to the frame at each socket of the room, and until the author has the answer. The chat signs in by session, checks CSRF and
membership, moves read marks, formats, renders and tells what became stale; stock signs in, checks CSRF and inserts; Node
inserts; the floor keeps nothing."""


def chapter_of(results: Results, missing: dict[str, str]) -> Chapter:
    places = dict.fromkeys(load.where for load, _, _ in results)
    parts = {where: [result for result in results if result[0].where == where] for where in places}
    sections = [section(where, part) for where, part in parts.items()]
    return Chapter(INTRODUCTION + listed(missing), [*sections, *(posted(where, part) for where, part in parts.items())])


def title(where: str) -> str:
    return "all in one room" if where == "one room" else f"the same people over {where}"


def section(where: str, results: Results) -> Section:
    large = [(load, rounds) for load, rounds, _ in results if load.sockets / load.rooms >= MANY]
    judged = [(load, ratio(rounds, Stock.name)) for load, rounds in large if measurable(rounds)]
    lost = [load for load, rounds, _ in results if not measurable(rounds)]
    dear = [f"{times:.1f}× at {load.sockets:,}" for load, times in judged if times < TARGET]
    reached = not dear if judged else None
    return Section(
        title=f"CPU per delivery, {title(where)}",
        text="",
        columns=COLUMNS,
        rows=[row(load, rounds, name) for load, rounds, _ in results for name in rounds[0]],
        verdict=verdict(judged, dear, lost),
        reached=reached,
        figures={
            f"{load.sockets} sockets": {
                "load": asdict(load),
                "rounds": [
                    {n: {k: round(v, 2) for k, v in asdict(s).items()} for n, s in one.items()} for one in rounds
                ],
            }
            for load, rounds, _ in results
        },
        headline={name: figure for load, rounds, _ in results for name, figure in headline(load, rounds).items()},
    )


def verdict(judged: list[tuple[Load, float]], dear: list[str], lost: list[Load]) -> str:
    goal = f"at least {TARGET}× cheaper than stock with {MANY} sockets or more in a room"
    said = (
        f"**Missed:** ours must be {goal}, and is {', '.join(dear)}." if dear else f"Ours is {goal}." if judged else ""
    )
    noise = (
        f" Lost in the noise of this machine: {', '.join(f'{load.sockets:,} sockets' for load in lost)}."
        if lost
        else ""
    )
    return (said + noise).strip()


def posted(where: str, results: Results) -> Section:
    place = "" if where == "one room" else f" in {where}"
    return Section(
        title=f"From a POST to the other socket, {title(where)}",
        text=POSTED,
        columns=["sockets", "server", "p50 ms", "p99 ms", "p50, times ours", "ms until the answer"],
        rows=[
            [
                f"{load.sockets:,}", name, f"{one.p50:.1f}", f"{one.p99:.1f}", f"{one.p50 / found[Ours.name].p50:.2f}",
                f"{one.answered:.1f}",
            ]
            for load, _, found in results
            for name, one in found.items()
        ],
        verdict="",
        reached=None,
        headline={
            f"{figure}, ms, {name}, idle, {load.sockets} sockets{place}": round(getattr(one, figure), 2)
            for load, _, found in results
            for name, one in found.items()
            for figure in ("p50", "p99")
        },
    )  # fmt: skip


def median(rounds: Rounds, name: str, figure: str) -> float:
    return float(statistics.median(getattr(one[name], figure) for one in rounds))


def measurable(rounds: Rounds) -> bool:
    """Other work on the machine can make an idle server look dearer than one that delivers little."""
    return all(median(rounds, name, "cpu") > 0 for name in rounds[0])


def ratio(rounds: Rounds, name: str) -> float:
    """How many times dearer than ours. Both are of the same rounds."""
    return median(rounds, name, "cpu") / median(rounds, Ours.name, "cpu")


def headline(load: Load, rounds: Rounds) -> dict[str, float]:
    place = f"{load.sockets} sockets in {load.where}"
    if not measurable(rounds):
        return {}
    costs = {f"µs per delivery, {name}, {place}": round(median(rounds, name, "cpu"), 2) for name in rounds[0]}
    return costs | {
        f"times cheaper than stock, {place}": round(ratio(rounds, Stock.name), 3),
        f"times the floor, {place}": round(1 / ratio(rounds, Floor.name), 3),
    }


def row(load: Load, rounds: Rounds, name: str) -> list[str]:
    figures = [one[name].cpu for one in rounds]
    mine = median(rounds, name, "cpu")
    return [
        f"{load.sockets:,}",
        name,
        f"{mine:.0f} ({min(figures):.0f}–{max(figures):.0f})",
        f"{median(rounds, Stock.name, 'cpu') / mine:.1f}" if measurable(rounds) else "—",
        f"{mine / median(rounds, Floor.name, 'cpu'):.2f}" if measurable(rounds) else "—",
        *(f"{median(rounds, name, figure):.0f}" for figure in ("busy", "p50", "p99")),
    ]
