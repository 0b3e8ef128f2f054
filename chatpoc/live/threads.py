"""Database work of sockets, on a few threads of its own.

`database_sync_to_async` runs everything of a process on one thread, where a slow query of one socket delays all others.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from django.db import close_old_connections, connections

from chatpoc import ids

T = TypeVar("T")

POOL = ThreadPoolExecutor(4, thread_name_prefix="live")  # more would not help: they share one interpreter

RECHECKS = ThreadPoolExecutor(1, thread_name_prefix="recheck")  # these wait for nothing that waits for the cache


async def in_thread(function: Callable[..., T], *args: object, pool: ThreadPoolExecutor = POOL) -> T:
    """Run a sync function that uses the database; one call for each action of a socket."""
    work = partial(_with_connection, ids.connection.get(), function, *args)
    return await asyncio.get_running_loop().run_in_executor(pool, work)


def _with_connection(socket: str, function: Callable[..., T], *args: object) -> T:
    ids.connection.set(socket)  # in the log; with all of its context the thread would make its caches anew each time
    close_old_connections()
    try:
        return function(*args)
    finally:
        connections.close_all()  # back to the pool; a SQLite file is opened again in 0.3 ms
