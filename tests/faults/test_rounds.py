"""Which faults happen in a run of the rig, and which at once."""

import random

import pytest

from tests.faults.__main__ import in_twos, mix
from tests.faults.fault import faults_on

pytestmark = pytest.mark.once


@pytest.mark.parametrize("backend", ["postgres", "sqlite"])
def test_a_brief_run_has_every_fault_once_and_no_two_at_once_that_meddle_with_the_same(backend: str) -> None:
    faults = faults_on(backend)
    assert len(faults) >= 10
    rounds = list(in_twos(random.Random(1), faults))
    assert sorted(one.name for chosen in rounds for one in chosen) == sorted(one.name for one in faults)
    mixes = [mix(random.Random(seed), faults, 3) for seed in range(20)]
    assert all(len({one.holds for one in chosen}) == len(chosen) for chosen in [*rounds, *mixes])


def test_only_the_faults_that_are_asked_for_happen() -> None:
    assert {one.holds for one in faults_on("postgres", "redis, clock")} == {"redis", "clock"}
    assert not faults_on("sqlite", "redis")
