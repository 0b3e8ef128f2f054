"""How fast `manage.py seed` makes messages, beside a peer and a floor, and how much memory a million of them take."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.load.chapter import Chapter
from tests.load.environment import configure, say
from tests.load.sections import Section, rounded, spread
from tests.servers import ROOT, postgres_server, redis_server

INTRODUCTION = """# What seeding costs

Each run is a process of its own; the contestants take turns on the same database. The servers share the cores, so times compare
and promise nothing. Made by `make bench`.

- **command**: `manage.py seed`, all of it: people, rooms, texts, times, read marks, hints
- **bulk_create**: the same messages, made and inserted as model instances, without places, marks and hints
- **rows alone**: their rows, which are there already, by `executemany` or `COPY`, and nothing else
"""
GOAL = 20_000  # messages a second
FLAT = 1.2  # times the memory of a run with a tenth of the messages
PEER = 4  # times slower than the command, about: so it gets fewer messages
Sample = dict[str, float]


def main(*, quick: bool) -> Chapter:
    sizes = (20_000, 1, 100_000) if quick else (100_000, 3, 1_000_000)
    with redis_server() as redis:
        sections = [section for name in ("SQLite", "PostgreSQL") for section in measure(name, redis.url, *sizes)]
    return Chapter(INTRODUCTION, sections)


def measure(name: str, redis: str, messages: int, rounds: int, many: int) -> list[Section]:
    with database(name) as url:
        configure(redis=redis, database=url)
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        found: dict[str, list[Sample]] = {"command": [], "bulk_create": [], "rows alone": []}
        rates: dict[str, list[float]] = {kind: [] for kind in found}
        cpu: dict[str, list[float]] = {kind: [] for kind in found}
        for number in range(rounds):
            for place, kind in enumerate(found):
                count = messages // PEER if kind == "bulk_create" else messages
                sample = once(kind, count, number * 10 + place)
                found[kind].append(sample)
                rates[kind].append(count / sample["seconds"])
                cpu[kind].append(sample["cpu"] / count * 1e6)
            say(
                f"{name}, round {number + 1} of {rounds}: " + ", ".join(f"{k} {v[-1]:,.0f}/s" for k, v in rates.items())
            )
        say(f"{name}: {many:,} messages")
        return [
            speed(name, messages, rates, cpu),
            memory(name, found["command"], messages, once("command", many, 99), many),
        ]


def once(kind: str, messages: int, random_seed: int) -> Sample:
    command = [sys.executable, "-m", "tests.load.seeding.once", kind, str(messages), str(random_seed)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, check=True, capture_output=True, text=True)
    sample: Sample = json.loads(done.stdout.splitlines()[-1])
    return sample


@contextmanager
def database(name: str) -> Iterator[str]:
    if name == "PostgreSQL":
        with postgres_server() as url:
            yield url
    else:
        with tempfile.TemporaryDirectory(prefix="chatpoc-load-") as folder:
            yield f"sqlite:///{folder}/chat.sqlite3"


def speed(name: str, messages: int, rates: dict[str, list[float]], cpu: dict[str, list[float]]) -> Section:
    reached = statistics.median(rates["command"]) >= GOAL
    peers = {kind: [a / b for a, b in zip(rates["command"], rates[kind], strict=True)] for kind in rates}
    return Section(
        title=f"Messages a second, {name}",
        text=f"{messages:,} of them a run, {messages // PEER:,} by bulk_create; with the CPU that the process itself used.",
        columns=["", "a second", "the command's, beside it", "µs of CPU a message"],
        rows=[
            [kind, spread(rates[kind]), f"{statistics.median(peers[kind]):.2f} times", spread(cpu[kind], 1)]
            for kind in rates
        ],
        verdict=f"**{'Reached' if reached else 'Missed'}:** {statistics.median(rates['command']):,.0f} a second"
        f" (goal: at least {GOAL:,}).",
        reached=reached,
        headline={f"messages seeded a second, {name}": round(statistics.median(rates["command"]))},
        figures={kind: {"a second": rounded(rates[kind]), "cpu": rounded(cpu[kind])} for kind in rates},
    )


def memory(name: str, few: list[Sample], messages: int, sample: Sample, many: int) -> Section:
    before = statistics.median(one["peak"] for one in few)
    ratio = sample["peak"] / before
    return Section(
        title=f"Memory, {name}",
        text="The most that the process had, with Python and Django.",
        columns=["messages", "MiB", "a second"],
        rows=[
            [f"{messages:,}", f"{before:.0f}", f"{messages / statistics.median(one['seconds'] for one in few):,.0f}"],
            [f"{many:,}", f"{sample['peak']:.0f}", f"{many / sample['seconds']:,.0f}"],
        ],
        verdict=f"**{'Reached' if ratio <= FLAT else 'Missed'}:** {ratio:.2f} times (goal: at most {FLAT}).",
        reached=ratio <= FLAT,
        figures={"few": round(before, 1), "many": round(sample["peak"], 1)},
    )
