"""The first page of a long conversation, and one deep in its past, in turns."""

import statistics
import time

from tests.load.http_client import HX, Client
from tests.load.invalidation.people import Person
from tests.load.sections import Section, rounded, spread

GOAL = 1.3  # times the first page


def pages(port: int, person: Person, length: int, rounds: int) -> Section:
    client, base = Client(port, person.session), f"/rooms/{person.room.pk}/"
    # Messages of the same lengths, since what is measured is the depth.
    kinds = {
        "messages of a page": (HX, [f"{base}messages/?before={length + 1}", f"{base}messages/?before={length // 100}"]),
        "the room's page": ({}, [f"{base}?before={length + 1}", f"{base}messages/{length // 100}/"]),
    }
    times: dict[str, list[list[float]]] = {kind: [[], []] for kind in kinds}
    for number in range(rounds + 3):  # three to warm up
        for kind, (headers, paths) in kinds.items():
            for samples, path in zip(times[kind], paths, strict=True):
                started = time.perf_counter()
                status, _, _ = client.get(path, **headers)
                assert status == 200
                if number >= 3:
                    samples.append((time.perf_counter() - started) * 1000)
    ratios = {kind: statistics.median(deep) / statistics.median(first) for kind, (first, deep) in times.items()}
    worst = max(ratios.values())
    return Section(
        title=f"A room with {length:,} messages",
        text=f"ms until an answer of 50 messages is read; {rounds} each, in turns, on SQLite. Deep is 99 % of the way down.",
        columns=["", "newest", "deep in the past", "ratio"],
        rows=[
            [kind, spread(first, 1), spread(deep, 1), f"{ratios[kind]:.2f}"] for kind, (first, deep) in times.items()
        ],
        verdict=f"**{'Reached' if worst <= GOAL else 'Missed'}:** {worst:.2f} times the first page (goal: at most {GOAL}).",
        reached=worst <= GOAL,
        figures={kind: {"newest": rounded(first), "deep": rounded(deep)} for kind, (first, deep) in times.items()},
    )
