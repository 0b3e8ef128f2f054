"""How a second process reaches an embedded server, whose layer and cache live in its own memory.

A command or a shell leaves the tags that it made stale in a small table, in the transaction that made them so. The server
looks there when `PRAGMA data_version` says that somebody else has written to the database file.
"""

import asyncio
import json
import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from chatpoc.live.hub import running_hub
from chatpoc.live.threads import in_thread

logger = logging.getLogger(__name__)

LOOKS = 0.25  # seconds between two looks at the database's version, which cost a few microseconds
AGAIN = 2.0  # seconds until what could not be read, or taken from a full disk, is looked at again


def leave(tags: Iterable[str], using: BaseDatabaseWrapper | None = None) -> None:
    """Tell the server of this database, if it is embedded and not this process. Part of the transaction, if there is one."""
    if not settings.LIVE_OUTBOX or running_hub() or not (names := sorted(tags)):
        return
    database = using or connections[DEFAULT_DB_ALIAS]
    try:
        with database.cursor() as cursor:
            cursor.execute("INSERT INTO live_outbox (tags) VALUES (%s)", [json.dumps(names)])
    except DatabaseError:
        if database.in_atomic_block:  # the transaction is broken: it cannot be committed without
            raise
        logger.exception("The server was not told; its pages follow at their next visit.")


def keep(tags: Iterable[str]) -> None:
    """A command that ends before the cache is back leaves what it could not renew to any server. Never raises."""
    from chatpoc.live.models import Outbox  # it needs capture, which needs this

    try:
        Outbox.objects.create(tags=json.dumps(sorted(tags)))
    except DatabaseError:
        logger.exception("What was written is not told to pages that were open then; they follow at their next visit.")


def take_what_was_kept() -> set[str]:
    """Another server may take the same at once: then it becomes stale twice."""
    from chatpoc.live.models import Outbox

    kept = dict(Outbox.objects.values_list("pk", "tags"))
    if kept:
        Outbox.objects.filter(pk__in=kept).delete()
    return {tag for tags in kept.values() for tag in json.loads(tags)}


async def collect() -> None:
    """A server that shares a cache with others does this now and then, and when the layer is back."""
    try:
        await in_thread(_renew_what_was_kept)  # not on the loop: a cache that hangs would hold up everyone
    except Exception:
        logger.exception("What other processes could not renew could not be read; trying again.")


def _renew_what_was_kept() -> None:
    from chatpoc.live.invalidation import invalidate

    invalidate(take_what_was_kept())


async def follow() -> None:
    """The server's side: make stale here what other processes left."""
    from chatpoc.live.invalidation import invalidate

    reader = Reader()
    try:
        while True:
            await asyncio.sleep(LOOKS)
            try:
                invalidate(await asyncio.get_running_loop().run_in_executor(reader.thread, reader.take))
            except Exception:
                logger.exception("What other processes wrote could not be read; trying again.")
                await asyncio.sleep(AGAIN)
    finally:
        reader.close()


class Reader:
    """Keeps a thread with a connection of its own: data_version counts what others commit."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self.version = -1

    def take(self) -> set[str]:
        """The tags left since the last look. In the reader's thread."""
        with connection.cursor() as cursor:
            version = cursor.execute("PRAGMA data_version").fetchone()[0]
            if version == self.version:
                return set()
            rows = cursor.execute("SELECT id, tags FROM live_outbox ORDER BY id").fetchall()
            if rows:
                cursor.execute("DELETE FROM live_outbox WHERE id <= %s", [rows[-1][0]])
            self.version = version
        return {tag for _, tags in rows for tag in json.loads(tags)}

    def close(self) -> None:
        self.thread.submit(connections.close_all)
        self.thread.shutdown()
