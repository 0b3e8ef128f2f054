"""Every committed write, whoever sends it, becomes tags.

A wrapper around each statement sees INSERT, UPDATE and DELETE from views, the admin, allauth, commands, bulk methods and raw
SQL. A model says which tags its rows have (chatpoc.live.models.Tagged). A row written by `save()` or `delete()` gives exactly
those; a statement whose rows are unknown gives the whole types, which is always safe; `exactly()` is for a hot path that knows
better. Tags leave on commit, once per transaction; what a rollback undoes, to a savepoint too, leaves nothing.

Not seen: COPY, SQL functions, statements sent past Django's cursor, and other programs.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from chatpoc.live import outbox
from chatpoc.live.invalidation import invalidate

WRITE = re.compile(
    r"(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|MERGE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)"
    r'\s+(?:ONLY\s+)?(?:"?\w+"?\.)?"?(\w+)"?',
    re.IGNORECASE,
)
# Statements whose rowcount of 0 means that nothing was written. SQLite counts none before RETURNING is read, nor in a CTE.
NO_ROW = re.compile(r"\s*(?:UPDATE|DELETE)\s(?!.*(?:\bRETURNING\b|;))", re.IGNORECASE | re.DOTALL)
HARMLESS = ("SELECT", "SAVEPO", "RELEAS", "ROLLBA", "BEGIN", "COMMIT", "PRAGMA", "SET ")  # by their first letters

Tags = frozenset[str]
types_of_table: dict[str, Tags] = {}
tags_of_statement: dict[str, Callable[[str, Any], Tags]] = {}  # by table
_exactly: ContextVar[Tags | None] = ContextVar("exactly", default=None)
_own_table: ContextVar["tuple[str, list[bool]] | None"] = ContextVar("own_table", default=None)


def track(table: str, types: Iterable[str]) -> None:
    """Rows of `table` are shown under tags of these types. Tables that nobody tracks cost one look at the statement."""
    types_of_table[table] = types_of_table.get(table, frozenset()) | frozenset(types)


def track_statements(table: str, tags_of: Callable[[str, Any], Tags]) -> None:
    """For a table of another package, of which a statement and its parameters tell which tags become stale."""
    tags_of_statement[table] = tags_of


@contextmanager
def exactly(*tags: str) -> Iterator[None]:
    """Whatever is written in this block makes just these tags stale. A tag that is missing here leaves pages stale."""
    token = _exactly.set(frozenset(tags))
    try:
        yield
    finally:
        _exactly.reset(token)


@contextmanager
def rows_known(connection: BaseDatabaseWrapper, table: str, tags: Callable[[], Iterable[str]]) -> Iterator[None]:
    """Writes to `table` in this block touch only rows with `tags`, which are asked for at its end (an INSERT has no id before).
    Writes to other tables are seen as ever. After an error the rows are not known, and the whole types are stale."""
    wrote: list[bool] = []
    token = _own_table.set((table, wrote))
    known: Iterable[str] = types_of_table.get(table, frozenset())
    try:
        yield
        if wrote:
            known = tags()
    finally:
        _own_table.reset(token)
        if wrote and not connection.needs_rollback:
            record(connection, frozenset(known))


def changed(*tags: str) -> None:
    """For a write to a table that nobody tracks: these tags are stale once it is committed."""
    record(transaction.get_connection(), frozenset(tags))


def tables_written(sql: object, connection: BaseDatabaseWrapper) -> list[str]:
    """The tables that a statement writes; also those that it only might, in a CTE, a batch or behind a comment."""
    if not isinstance(sql, str):
        sql = sql.as_string(connection.connection) if hasattr(sql, "as_string") else str(sql)
    if sql.startswith(HARMLESS) and ";" not in sql:
        return []
    first = WRITE.match(sql)
    if first and ";" not in sql and "," not in sql[first.end() : first.end() + 2]:
        return [first[1]]
    if sql.lstrip()[:8].upper() == "TRUNCATE":  # it takes a list of tables
        return re.findall(r"\w+", sql)
    return WRITE.findall(sql)


def _see(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001
    result = execute(sql, params, many, context)
    connection: BaseDatabaseWrapper = context["connection"]
    if context["cursor"].rowcount == 0 and NO_ROW.match(str(sql)):
        return result
    for table in tables_written(sql, connection):
        if types := types_of_table.get(table):
            own = _own_table.get()
            if (tags := _exactly.get()) is not None:
                record(connection, tags)
            elif own and own[0] == table:
                own[1].append(True)
            else:
                record(connection, types)
        if tags_of := tags_of_statement.get(table):
            record(connection, tags_of(str(sql), params))
    return result


class _Hook:
    """What a transaction does on commit for the tags that were recorded under one stack of savepoints. Django itself drops the
    hook when one of these savepoints is rolled back; `sent` is shared by the hooks of a transaction, so no tag leaves twice."""

    def __init__(self, tags: Tags, sent: set[str]) -> None:
        self.tags, self.sent = set(tags), sent

    def __call__(self) -> None:
        new = self.tags - self.sent
        self.sent |= new
        invalidate(new)


def record(connection: BaseDatabaseWrapper, tags: Tags) -> None:
    """These tags are stale once what the connection is doing is committed."""
    if not tags:
        return
    if not connection.in_atomic_block:  # each statement commits itself
        outbox.leave(tags, connection)
        invalidate(tags)
        return
    stack = set(connection.savepoint_ids)
    waiting: Any = connection.run_on_commit  # (savepoints, hook, robust), which the types of Django do not say
    hooks = [(sids, hook) for sids, hook, _ in waiting if isinstance(hook, _Hook)]
    for sids, hook in reversed(hooks):
        if sids == stack:
            outbox.leave(tags - hook.tags, connection)
            hook.tags |= tags
            return
    sent = hooks[0][1].sent if hooks else set()
    outbox.leave(tags, connection)
    transaction.on_commit(_Hook(tags, sent), using=connection.alias, robust=True)


def _install(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _see not in connection.execute_wrappers:
        connection.execute_wrappers.append(_see)


def start() -> None:
    connection_created.connect(_install, dispatch_uid="chatpoc.live.capture")
