"""A streaming replica of the database, from which the past may be read. It may lag, and it may be gone.

So nothing is believed because the replica says so: who reads there asks, in the same statement, whether it has come as far as
the primary has (chat.history), and finds nothing if it has not. What is not found here is asked of the primary.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.models import BooleanField, Func
from prometheus_client import Counter

from chatpoc.database import trouble
from chatpoc.live.counters import registry

logger = logging.getLogger(__name__)

T = TypeVar("T")

ALIAS = "replica"
FOLLOWS = Func(function="pg_is_in_recovery", output_field=BooleanField())  # it was not made a primary of its own
LOOKS = 2.0  # seconds between two looks whether it is there

reads = Counter("chatpoc_replica_reads", "What a page asked the replica for.", ["answer"], registry=registry)

_there = threading.Event()
_looking = threading.Lock()


class NoReplica(Exception):
    """REPLICA_URL names something else."""


def found(read: Callable[[], list[T]]) -> list[T]:
    """What `read` finds there; nothing if there is no replica, it is away, or it has nothing. It raises no database's error."""
    if ALIAS not in settings.DATABASES:
        return []
    if not _there.is_set():
        _look()
        reads.labels("away").inc()
        return []
    try:
        rows = read()
    except (DatabaseError, InterfaceError) as error:  # also of a table that is not there yet
        reads.labels("away").inc()
        _leave(error)
        return []
    finally:
        with suppress(DatabaseError, InterfaceError):
            connections[ALIAS].close()  # back to its pool: the rest of the answer does without
    reads.labels("replica" if rows else "behind").inc()
    return rows


def _leave(error: Exception) -> None:
    if _there.is_set():  # else another thread said so
        _there.clear()
        _say(error)
        _look(told=True)


def _say(error: Exception) -> None:
    why = str(error) if isinstance(error, NoReplica) else trouble(error) or type(error).__name__
    logger.warning("The replica is out of reach (%s): history is read from the primary until it is back.", why)


def _look(*, told: bool = False) -> None:
    """One looks, in a thread, until it is there: whoever comes meanwhile does not wait for it."""
    if _looking.acquire(blocking=False):
        threading.Thread(target=_look_until_it_is_there, args=[told], name="replica", daemon=True).start()


def _look_until_it_is_there(told: bool) -> None:  # noqa: FBT001  (a thread gives it by its place)
    try:
        while True:
            try:
                check_it()
            except (DatabaseError, InterfaceError, NoReplica) as error:
                if not told:
                    _say(error)
                told = True
                time.sleep(LOOKS)
            else:
                _there.set()
                return
    finally:
        _looking.release()


def check_it() -> None:
    """By connections of its own, since the pool's tries would wait. Raises NoReplica if it follows another one, or none."""
    follows, *this = _asked(ALIAS, "SELECT pg_is_in_recovery(), system_identifier, current_database()")
    if not follows or this != _asked(DEFAULT_DB_ALIAS, "SELECT system_identifier, current_database()"):
        raise NoReplica("REPLICA_URL names no replica of the database")


def _asked(alias: str, select: str) -> list[Any]:
    """The identifier is the same for a database and its replicas, and for no other."""
    probe = connections[alias].copy()
    probe.settings_dict["OPTIONS"].pop("pool", None)
    try:
        with probe.cursor() as cursor:
            cursor.execute(f"{select} FROM pg_control_system()")
            return list(cursor.fetchone())
    finally:
        with suppress(DatabaseError, InterfaceError):
            probe.close()
