"""Lanes of tests that run side by side, since they share nothing, each of them step after step."""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.servers import ROOT

FEW = 5  # more than these are broken
SOME_FAILED = 1  # pytest's code: any other says that the run itself did not end as it should
INTERRUPTED = 2
FINE = {0, 5}  # 5: nothing to run, since all of it is dealt to the run on the other database

Environment = dict[str, str]


class Step(NamedTuple):
    command: list[str]
    its: Environment
    cache: Path | None = None  # pytest's, where what failed may be tried again

    def run(self, output: int | None = None) -> int:
        return subprocess.run(
            self.command, cwd=ROOT, env=os.environ | self.its, stdout=output, stderr=output, check=False
        ).returncode


def run_all(lanes: dict[str, list[Step]]) -> None:
    """All of them, and each to its end, so that a run tells all; what a lane says comes in one piece, and what failed
    last. A few that may have been in each other's way have a second try with nothing beside them, and are named."""
    say(f"Running: {'; '.join(lanes)}")
    with ThreadPoolExecutor(len(lanes)) as pool:
        outcomes = dict(zip(lanes, pool.map(in_turn, lanes.values()), strict=True))
    for title, (_, output) in sorted(outcomes.items(), key=lambda lane: bool(lane[1][0])):
        say(title)
        print(output, end="", flush=True)
    left = {title: failed for title, (failed, _) in outcomes.items() if failed}
    if len([test for steps in left.values() for step in steps for test in failures_of(step)]) <= FEW:
        left = {title: steps for title, steps in left.items() if not all(map(passes_alone, steps))}
    if left:
        sys.exit(f"Failed: {'; '.join(left)}")


def in_turn(steps: list[Step]) -> tuple[list[Step], str]:
    """The steps that failed, and what all of them said. Which tests it were counts only if the step ended well."""
    failed = []
    with tempfile.TemporaryFile() as output:
        for step in steps:
            code = step.run(output.fileno())
            if code not in FINE:
                failed.append(step if code == SOME_FAILED else step._replace(cache=None))
            if code == INTERRUPTED:
                break
        output.seek(0)
        return failed, output.read().decode()


def failures_of(step: Step) -> list[str]:
    noted = step.cache / "v" / "cache" / "lastfailed" if step.cache else None  # as pytest --last-failed reads it
    return list(json.loads(noted.read_text())) if noted and noted.exists() else []


def passes_alone(step: Step) -> bool:
    ids = failures_of(step)
    if not ids:
        return False
    say(f"Once more, alone: {', '.join(ids)}")
    passed = not Step([sys.executable, "-m", "pytest", "-q", *ids], step.its).run()
    if passed:
        say(f"Failed beside others, passed alone: {', '.join(ids)}")
    return passed


def say(text: str) -> None:
    print(f"\n\033[1m— {text}\033[0m" if sys.stdout.isatty() else f"\n— {text}", flush=True)
