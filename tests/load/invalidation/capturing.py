"""What capture adds to a statement, in a process of its own: `python -m tests.load.invalidation.capturing SECONDS`.

The database and Redis come from the environment. Small blocks of each arm take turns, so that noise meets all of them. A hub
runs in a thread, as in a server: publishing is its work. Prints JSON: operation → arm → [[wall, CPU] of each block, in µs for
each operation], where CPU is that of the process.
"""

import asyncio
import gc
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from unittest.mock import patch

import django

WITHOUT, AGAIN, STATEMENT, WHOLE = "without", "without, again", "in the statement", "with the commit"
ARMS = [WITHOUT, STATEMENT, WHOLE, AGAIN]
BULK = 1000  # rows
LEAST = 4  # turns; the first two do not count
Times = dict[str, list[tuple[float, float]]]


@dataclass(frozen=True)
class Operation:
    name: str
    work: Callable[[int], object]  # gets the number of the repetition in its block
    block: int  # repetitions
    share: float  # of the time


def main(seconds: float) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatpoc.settings")
    django.setup()
    with hub_running():
        measured = {one.name: measure(one, seconds * one.share) for one in operations()}
    print(json.dumps(measured))


def operations() -> list[Operation]:
    """On memberships: each has three tags, and nothing refers to them."""
    from django.core.management import call_command

    from chat.models import Membership, Room
    from tests.load.invalidation.people import make_users

    call_command("migrate", verbosity=0, interactive=False)
    room, busy = (Room.objects.create(kind=Room.Kind.OPEN, name=name) for name in ("Quiet", "Busy"))
    users = make_users("person", BULK)
    kept = Membership.objects.create(room=busy, user=users[0])

    def bulk(_: int) -> None:
        Membership.objects.bulk_create([Membership(room=room, user=user) for user in users])

    return [
        Operation("SELECT by primary key", lambda _: Membership.objects.get(pk=kept.pk), 20, 0.35),
        Operation("INSERT by save()", lambda number: Membership(room=room, user=users[number]).save(), 10, 0.2),
        Operation(
            "QuerySet.update()",
            lambda number: Membership.objects.filter(pk=kept.pk).update(read_seq=number),
            10,
            0.2,
        ),
        Operation(f"bulk_create() of {BULK:,} rows", bulk, 1, 0.25),
    ]


def measure(operation: Operation, seconds: float) -> Times:
    times: Times = {arm: [] for arm in ARMS}
    ends = time.monotonic() + seconds
    turn = 0
    while time.monotonic() < ends or turn < LEAST:
        for arm in ARMS if turn % 2 else ARMS[::-1]:  # whoever comes first after a turn is not always the same
            with arms[arm]():
                times[arm].append(block(operation))
            clean_up()
        turn += 1
    return {arm: values[2:] for arm, values in times.items()}  # the first ones prepare statements and connect


def block(operation: Operation) -> tuple[float, float]:
    gc.disable()
    wall, cpu = time.perf_counter(), time.process_time()
    for number in range(operation.block):
        operation.work(number)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    gc.enable()
    return round(wall / operation.block * 1e6, 2), round(cpu / operation.block * 1e6, 2)


def clean_up() -> None:
    from django.db import connection

    with without(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM chat_membership WHERE room_id = (SELECT id FROM chat_room WHERE name = 'Quiet')")
    time.sleep(0.002)  # the hub's thread finishes what was published


@contextmanager
def without() -> Iterator[None]:
    """Django's own: no wrapper, and a `save()` that knows nothing of tags."""
    from django.db import connection, models

    from chatpoc.live.models import Tagged

    wrappers = connection.execute_wrappers[:]
    connection.execute_wrappers.clear()
    with patch.object(Tagged, "save_base", models.Model.save_base):
        yield
    connection.execute_wrappers[:] = wrappers


@contextmanager
def statement_only() -> Iterator[None]:
    with patch("chatpoc.live.capture.invalidate", lambda _: None):
        yield


arms: dict[str, Callable[[], AbstractContextManager[object]]] = {
    WITHOUT: without,
    AGAIN: without,
    STATEMENT: statement_only,
    WHOLE: ExitStack,
}


@contextmanager
def hub_running() -> Iterator[None]:
    from chatpoc.live.hub import current_hub

    loop = asyncio.new_event_loop()
    loop.call_soon(current_hub)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


if __name__ == "__main__":
    main(float(sys.argv[1]))
