"""A brief run of the rig, on the kind of database and layer of this run, with servers of its own; and which faults it has."""

import os
import random
import subprocess
import sys

import pytest

from tests.faults.__main__ import in_twos, mix
from tests.faults.fault import faults_on
from tests.servers import ROOT


@pytest.mark.waits
@pytest.mark.processes
@pytest.mark.timeout(400)
def test_nothing_is_lost_doubled_or_somebody_elses_whatever_breaks() -> None:
    """On SQLite those that the other run cannot have, and the worst: `make faults ON=sqlite BRIEF=1` has them all."""
    backend = ["postgres"] if os.environ.get("REDIS_URL") else ["sqlite", "--only", "disk,held,kill,rolling,commit"]
    command = [sys.executable, "-m", "tests.faults", "--brief", "--on", *backend]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(run.stdout)
    assert run.returncode == 0, f"{run.stderr}\n{run.stdout}"


@pytest.mark.once
@pytest.mark.parametrize("backend", ["postgres", "sqlite"])
def test_a_brief_run_has_every_fault_once_and_no_two_at_once_that_meddle_with_the_same(backend: str) -> None:
    faults = faults_on(backend)
    assert len(faults) >= 10
    rounds = list(in_twos(random.Random(1), faults))
    assert sorted(one.name for chosen in rounds for one in chosen) == sorted(one.name for one in faults)
    mixes = [mix(random.Random(seed), faults, 3) for seed in range(20)]
    assert all(len({one.holds for one in chosen}) == len(chosen) for chosen in [*rounds, *mixes])


@pytest.mark.once
def test_only_the_faults_that_are_asked_for_happen() -> None:
    assert {one.holds for one in faults_on("postgres", "redis, clock")} == {"redis", "clock"}
    assert not faults_on("sqlite", "redis")
