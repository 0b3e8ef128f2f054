"""What the processes of `capturing` measured, as a section."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence

from tests.load.crowds import Failed
from tests.load.invalidation.capturing import AGAIN, STATEMENT, WHOLE, WITHOUT, Times
from tests.load.sections import Section, rounded, spread
from tests.servers import ROOT

GOAL = 3  # % of a SELECT on PostgreSQL
SELECT = "SELECT by primary key"
WALL, CPU = 0, 1
TEXT = """Small blocks take turns in one process: Django alone (no wrapper, and a `save()` that knows nothing of tags), with
capture, with capture and what it does on commit (new versions in the cache, read again, and a hint for each of three tags), and
Django alone again, which is the noise. The query is what it takes by the clock, with Django's ORM; what is added is CPU of the
whole process, the hub's thread included: the median of the differences between neighbours, with their middle half. PostgreSQL
with Redis, SQLite with the in-process cache and layer."""
Databases = dict[str, dict[str, Times]]  # by the database's name, then the operation's


def run(environment: dict[str, str], seconds: float) -> dict[str, Times]:
    command = [sys.executable, "-m", "tests.load.invalidation.capturing", str(seconds)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise Failed("Capture could not be measured; see the traceback above.")
    times: dict[str, Times] = json.loads(done.stdout)
    return times


def added(times: Times, arm: str, to: str = WITHOUT) -> list[float]:
    """µs of CPU that each block of `arm` used more than its neighbour."""
    return [more[CPU] - less[CPU] for more, less in zip(times[arm], times[to], strict=True)]


def section(databases: Databases) -> Section:
    rows = [
        [database, operation, *row(operation, times)]
        for database, all_ in databases.items()
        for operation, times in all_.items()
    ]
    select = databases["PostgreSQL"][SELECT]
    shares = {name: share_of_select(all_[SELECT]) for name, all_ in databases.items()}
    reached = shares["PostgreSQL"] < GOAL
    verdict = (
        f"Capture adds {statistics.median(in_statement(SELECT, select)):.1f} µs to a SELECT on PostgreSQL, "
        f"{shares['PostgreSQL']:.1f} % of it (goal: under {GOAL} %), and {shares['SQLite']:.1f} % on SQLite, where a SELECT "
        "crosses no network."
    )
    return Section(
        title="Capture",
        text=TEXT,
        columns=[
            "database",
            "operation",
            "µs alone",
            "+ µs in the statement",
            "% of it",
            "+ µs on commit",
            "noise, µs",
        ],
        rows=rows,
        verdict=("" if reached else "**Missed:** ") + verdict,
        reached=reached,
        headline={f"% that capture adds to a SELECT, {name}": round(share, 2) for name, share in shares.items()},
        figures={
            database: {
                operation: {"alone": rounded([block[WALL] for block in times[WITHOUT]])}
                | {f"added, {arm}": rounded(added(times, arm)) for arm in (STATEMENT, WHOLE, AGAIN)}
                for operation, times in all_.items()
            }
            for database, all_ in databases.items()
        },
    )


def row(operation: str, times: Times) -> list[str]:
    alone = [block[WALL] for block in times[WITHOUT]]
    inside, digits = in_statement(operation, times), 1 if statistics.median(alone) < 1000 else 0
    share = statistics.median(inside) / statistics.median(alone) * 100
    commit = "—" if operation == SELECT else spread(added(times, WHOLE, STATEMENT))
    noise = spread(added(times, AGAIN), digits)
    return [spread(alone), spread(inside, digits), f"{share:.1f}", commit, noise]


def in_statement(operation: str, times: Times) -> Sequence[float]:
    """A SELECT commits nothing: both arms with capture do the same."""
    return added(times, STATEMENT) + (added(times, WHOLE) if operation == SELECT else [])


def share_of_select(times: Times) -> float:
    return (
        statistics.median(in_statement(SELECT, times))
        / statistics.median(block[WALL] for block in times[WITHOUT])
        * 100
    )
