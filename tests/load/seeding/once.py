"""One run of one contestant in a process of its own, on the database of the environment; says how long it took, as JSON.

python -m tests.load.seeding.once <contestant> <messages> <random seed>
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from io import StringIO
from itertools import islice
from typing import Any

import django


def main(contestant: str, messages: int, random_seed: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatpoc.settings")
    django.setup()
    seconds, cpu = CONTESTANTS[contestant](messages, random_seed)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak}))


def command(messages: int, random_seed: int) -> tuple[float, float]:
    """The whole command: people, rooms, marks and all."""
    from django.core.management import call_command

    begun, cpu = time.perf_counter(), time.process_time()
    call_command("seed", messages=messages, random_seed=random_seed, stdout=StringIO(), **SHAPE)
    return time.perf_counter() - begun, time.process_time() - cpu


def bulk_create(messages: int, random_seed: int) -> tuple[float, float]:
    """The peer: the same messages as model instances, by Django's bulk_create, in batches of the same size."""
    from django.db import transaction

    from chat.models import Message
    from chat.seeding.sowing import BATCH
    from chatpoc import live

    made = (as_instance(row) for batch in batches(messages, random_seed) for row in batch)
    begun, cpu = time.perf_counter(), time.process_time()
    while found := list(islice(made, BATCH)):
        with transaction.atomic(), live.exactly():
            Message.objects.bulk_create(found)
    return time.perf_counter() - begun, time.process_time() - cpu


def as_instance(row: tuple[Any, ...]) -> Any:
    from chat.models import Message

    values = dict(zip(NAMES, row, strict=True))
    for name in NAMES[-3:]:
        values[name] = values[name] and datetime.fromisoformat(f"{values[name]}+00:00")
    return Message(**values)


def rows_alone(messages: int, random_seed: int) -> tuple[float, float]:
    """The floor: rows that are there already, by executemany or COPY, and nothing else."""
    from django.db import transaction

    from chat.seeding.writing import insert
    from chatpoc import live

    ready = list(batches(messages, random_seed))
    begun, cpu = time.perf_counter(), time.process_time()
    for batch in ready:
        with transaction.atomic(), live.exactly():
            insert(batch)
    return time.perf_counter() - begun, time.process_time() - cpu


SHAPE: dict[str, Any] = {"people": 200, "rooms": 40, "days": 180, "locale": "all"}
NAMES = ["room_id", "author_id", "seq", "version", "client_id", "body", "created_at", "edited_at", "deleted_at"]
CONTESTANTS: dict[str, Callable[[int, int], tuple[float, float]]] = {
    "command": command,
    "bulk_create": bulk_create,
    "rows alone": rows_alone,
}


def batches(messages: int, random_seed: int) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of the messages; the people and rooms, which do not count, are made first."""
    from chat.management.commands.seed import DEFAULTS, asked_for
    from chat.seeding.sowing import Sowing, tune
    from chat.seeding.writing import rows_of

    options = dict.fromkeys(DEFAULTS) | SHAPE | {"messages": messages, "random_seed": random_seed, "until": None}
    tune()
    sowing = Sowing.of(*asked_for(options))
    users = sowing.sow_people("", quiet, bool)
    ids = sowing.sow_rooms(users, quiet, bool)
    last: dict[int, tuple[int, int]] = {}
    for _, batch in sowing.batches(users, ids):
        rows = []
        for segment in batch:
            mine = rows_of(segment, *last.get(segment.room.pk, (0, 0)))
            last[segment.room.pk] = mine[-1][2:4]
            rows += mine
        yield rows


def quiet(what: str, done: int, total: int) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
