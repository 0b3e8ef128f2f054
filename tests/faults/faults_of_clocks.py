"""The clock of a process is set while it runs."""

from tests.faults.fault import fault
from tests.faults.stage import Stage

HOUR = 3600.0


@fault("clock an hour ahead", holds="clock")
async def ahead(stage: Stage) -> None:
    await _jump(stage, HOUR)


@fault("clock an hour back", holds="clock")
async def back(stage: Stage) -> None:
    await _jump(stage, -HOUR)


async def _jump(stage: Stage, seconds: float) -> None:
    """And right again: of two processes, one is wrong meanwhile."""
    clock = stage.rng.choice(stage.processes).clock
    clock.jump(seconds)
    stage.journal.clocks_were_wrong = True
    try:
        await stage.lasts(10, 2)
    finally:
        clock.jump(0)
