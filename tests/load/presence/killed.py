"""A server process ends without a word: kill -9."""

import time

from presence.models import Connection, Process
from tests.load.crowds import Crowd
from tests.load.presence.people import People
from tests.load.sections import Section
from tests.load.server import Server

GOAL = 45  # seconds


def kill(crowd: Crowd, name: str, server: Server, people: People, gone: range) -> Section:
    """Those with the numbers `gone` are on this process; the others are elsewhere."""
    processes = [process.pk for process in Process.objects.filter(name__endswith=f"process {server.process.pid}")]
    held = Connection.objects.filter(process__in=processes).count()
    crowd.ask(people.truth(gone=gone))
    server.process.kill()
    killed = time.monotonic()
    settled = crowd.ask({"do": "settled", "name": name, "patience": GOAL + 15})
    took = settled["at"] - killed
    time.sleep(max(0, killed + GOAL - time.monotonic()))
    ghosts = Connection.objects.alive().filter(process__in=processes).count()
    rows = Connection.objects.filter(process__in=processes).count()
    reached = not settled["wrong"] and took <= GOAL and not ghosts and held == len(gone)
    return Section(
        title="One of two processes is killed",
        text="kill -9 of the process that holds half of the people. A page on the other process is right when all of them are "
        "offline there, and the number of those who are here is without them. A ghost is a connection of the dead process that "
        f"still counts {GOAL} s after the kill.",
        columns=["connections it held", "s until every other page is right", "pages wrong", "ghosts", "rows left"],
        rows=[[f"{held:,}", f"{took:.1f}", str(settled["wrong"]), str(ghosts), str(rows)]],
        verdict=("" if reached else "**Missed:** ")
        + f"{held:,} people were offline for everyone else {took:.1f} s after the kill (goal: {GOAL} s).",
        reached=reached,
        figures={
            "held": held,
            "seconds": round(took, 2),
            "wrong": settled["wrong"],
            "ghosts": ghosts,
            "rows left": rows,
        },
    )
