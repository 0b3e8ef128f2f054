"""A chat process dies, or is replaced while people chat."""

import signal

from tests.faults.fault import fault
from tests.faults.stage import Process, Stage

RESTART = 1012
WITHIN = 5.0  # seconds: the first wait is 0.65 s at most, a second try 1.3 s, and a busy machine takes its time


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
    """Every process ends with 0, all its sockets hear 1012, and are back within their backoff; no request gets an error."""
    journal = stage.journal
    errors = sum(count for status, count in journal.statuses.items() if status.startswith("5"))
    for process in stage.processes:
        await _restart(stage, process)
    if more := sum(count for status, count in journal.statuses.items() if status.startswith("5")) - errors:
        journal.refused.append(f"{more} requests got an error while the processes were restarted")


async def _restart(stage: Stage, process: Process) -> None:
    journal = stage.journal
    sockets, told, back = len(stage.sockets_of(process)), journal.closings[RESTART], len(journal.reopened[RESTART])
    if status := await stage.off_the_loop(process.stop):
        journal.refused.append(f"a process that was told to stop ended with {status}")
    await stage.off_the_loop(process.start)
    await stage.lasts(3, 1.5)
    # Those that were mid-handshake hear nothing, and those of a frozen page hear it later.
    if (heard := journal.closings[RESTART] - told) < sockets * 0.9:
        journal.refused.append(f"{heard} of {sockets} sockets were closed with {RESTART}")
    times = journal.reopened[RESTART][back:]
    if times and max(times) > WITHIN:
        journal.refused.append(f"a socket was back only {max(times):.1f} s after it was closed with {RESTART}")
