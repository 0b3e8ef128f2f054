"""A chat process dies, or is replaced while people chat."""

import asyncio
import signal

from tests.faults.fault import fault
from tests.faults.stage import Process, Stage

RESTART = 1012
WITHIN = 8.0  # seconds: a page waits 5.2 at most between two tries, and a busy machine takes its time


@fault("kill -9 of a process", holds="processes")
async def killed(stage: Stage) -> None:
    """Whoever was there goes to the other one, or, where there is none, comes back to this one."""
    process = stage.rng.choice(stage.processes)
    await stage.off_the_loop(process.stop, signal.SIGKILL)
    try:
        await stage.lasts(5, 1)
    finally:
        await stage.off_the_loop(process.start)


@fault("rolling restart (SIGTERM)", holds="processes")
async def rolling_restart(stage: Stage) -> None:
    """Every process ends with 0, all its sockets hear 1012, and are back within their backoff. That no
    request gets a 500 is looked at always."""
    for process in stage.processes:
        await _restart(stage, process)


async def _restart(stage: Stage, process: Process) -> None:
    journal = stage.journal
    sockets, told = len(stage.sockets_of(process)), journal.closings[RESTART]
    if status := await stage.off_the_loop(process.stop):
        journal.refused.append(f"a process that was told to stop ended with {status}")
    await stage.off_the_loop(process.start)
    if away := await _still_away(stage):
        journal.refused.append(f"{away} pages were not back {WITHIN} s after the process was")
    if (heard := await _told(stage, told, sockets * 0.9)) < sockets * 0.9:  # who was mid-handshake hears nothing
        journal.refused.append(f"{heard} of {sockets} sockets were closed with {RESTART}")
    await stage.lasts(3, 0.5)


async def _told(stage: Stage, before: int, enough: float) -> int:
    """How many sockets heard of the restart. Those of a frozen page hear it when it wakes."""
    ends = asyncio.get_running_loop().time() + WITHIN
    while (heard := stage.journal.closings[RESTART] - before) < enough:
        if asyncio.get_running_loop().time() > ends and all(page.awake.is_set() for page in stage.pages):
            break
        await asyncio.sleep(0.05)
    return heard


async def _still_away(stage: Stage) -> int:
    """How many pages have no socket, once all have or the time is up."""
    ends = asyncio.get_running_loop().time() + WITHIN
    while away := sum(page.line is None and page.awake.is_set() for page in stage.pages):
        if asyncio.get_running_loop().time() > ends:
            break
        await asyncio.sleep(0.05)
    return away
