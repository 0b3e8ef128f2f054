"""Break everything while people chat, and look whether anything is lost, doubled, out of order or somebody else's.

make faults                                         every fault alone, then some mixes, on PostgreSQL + Redis and two processes
make faults DELIVERIES=1000000 PEOPLE=120           and mixes until there were so many: (page, message, version)
make faults SECONDS=600 SEED=7 ONLY="redis,clock"   … for so long; the same choices again; only what has these words in its name
make faults ON=sqlite                               one process, embedded
make faults BRIEF=1                                 the short one of the tests, in which faults last for seconds

Status 1 when a guarantee is broken. How to write a fault: tests/faults/fault.py.
"""

import argparse
import asyncio
import logging
import random
import secrets
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import django

from tests.faults.fault import Fault, faults_on
from tests.faults.page import Person
from tests.faults.stage import Stage, proxies_before, start_processes, start_servers
from tests.load.environment import allow_files, configure, say

MIX = (2, 3)  # faults at once
MIXES = 4  # at least


def main() -> int:
    options = parsed()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and so the servers are stopped
    allow_files()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chatpoc-faults-")))
        servers = start_servers(stack, options.on, folder)
        configure(redis=servers.redis.url if servers.redis else "", database=servers.database)
        django.setup()
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # of this process, which looks at the database, too
        from tests.faults.people import make_people  # the models are there only now

        rng = random.Random(options.seed)
        members, strangers = make_people(options.people, rng)
        processes = start_processes(stack, servers, 1 if options.on == "sqlite" else 2)
        return asyncio.run(play(Stage(servers, processes, rng, options.brief), members, strangers, options))


async def play(stage: Stage, members: list[Person], strangers: list[Person], options: argparse.Namespace) -> int:
    from tests.faults.play import Play  # the models, too

    say(f"Seed {options.seed}; {options.people} people on {options.on}.")
    started = time.monotonic()
    run = Play(stage, calm=0.5 if options.brief else 5, rate=options.rate)
    async with proxies_before(stage.processes):
        await run.people_come(members, strangers)
        for chosen in rounds(stage, options, started):
            await run.round(chosen)
            if options.first and run.report.broken:
                break
        for page in stage.pages:
            page.stop()
    print(run.report)
    print(summary(stage, time.monotonic() - started, options.seed))
    for process in stage.processes if run.report.broken else ():
        say(f"\nWhat a process said last:\n{process.output()[-6000:]}")
    return 1 if run.report.broken else 0


def rounds(stage: Stage, options: argparse.Namespace, started: float) -> Iterator[list[Fault]]:
    """Which faults happen at once: each alone, then mixes; in a brief run each once, two at a time."""
    faults = faults_on(options.on, options.only)
    yield []
    yield from in_twos(stage.rng, faults) if options.brief else ([one] for one in faults)
    mixes = 0
    while mixes < (0 if options.brief else MIXES) or not done(stage, options, started):
        mixes += 1
        yield mix(stage.rng, faults, stage.rng.choice(MIX))


def in_twos(rng: random.Random, faults: list[Fault]) -> Iterator[list[Fault]]:
    """Each once, beside one that lays hands on something else, as long as there are such."""
    groups: dict[str, list[Fault]] = defaultdict(list)
    for one in rng.sample(faults, len(faults)):
        groups[one.holds].append(one)
    while any(groups.values()):
        largest = sorted(groups.values(), key=len, reverse=True)[:2]
        yield [group.pop() for group in largest if group]


def mix(rng: random.Random, faults: list[Fault], count: int) -> list[Fault]:
    """Faults that do not lay hands on the same."""
    chosen: list[Fault] = []
    for one in rng.sample(faults, len(faults)):
        if one.holds not in {other.holds for other in chosen}:
            chosen.append(one)
    return chosen[:count]


def done(stage: Stage, options: argparse.Namespace, started: float) -> bool:
    return bool(stage.journal.deliveries >= options.deliveries and time.monotonic() - started >= options.seconds)


def summary(stage: Stage, seconds: float, seed: int) -> str:
    journal = stage.journal
    return (
        f"\n{seconds:.0f} s, seed {seed}: {journal.sent:,} messages, {journal.deliveries:,} deliveries,"
        f" {journal.repeated:,} sends repeated, {journal.restarts:,} pages started again from the newest page."
        f"\nRequests: {dict(journal.statuses.most_common())}. Sockets closed, by code, and seconds until they were back: "
        + "; ".join(
            f"{code}: {count}, p50 {median(journal.reopened[code]):.1f}, max {max(journal.reopened[code]):.1f}"
            for code, count in journal.closings.most_common()
            if journal.reopened[code]
        )
    )


def parsed() -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__, formatter_class=form)
    parser.add_argument("--on", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--deliveries", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--only", default="")
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("--first", action="store_true", help="end with the first round in which something is broken")
    parser.add_argument("--people", type=int, help="60, and 24 in a brief run")
    parser.add_argument("--rate", type=float, help="writes a second, at most: 40, and 15 in a brief run")
    options = parser.parse_args()
    options.people = options.people or (24 if options.brief else 60)
    options.rate = options.rate or (15 if options.brief else 40)
    return options


if __name__ == "__main__":
    sys.exit(main())
