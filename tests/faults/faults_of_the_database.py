"""The database goes away, stands still, is full, or says of what it was asked to do that it has to be done again."""

import asyncio
import resource
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.fault import fault
from tests.faults.stage import Stage

POSTGRES, SQLITE = {"postgres"}, {"sqlite"}
FAILS = 0.4  # of the writes, where some of them fail
Session = psycopg.Connection[Any]


@fault("PostgreSQL restarted at once", holds="database", on=POSTGRES)
async def restarted(stage: Stage) -> None:
    await stage.off_the_loop(stage.postgres.stop)
    await stage.off_the_loop(stage.postgres.start)


@fault("PostgreSQL stopped", holds="database", on=POSTGRES)
async def stopped(stage: Stage) -> None:
    await stage.off_the_loop(stage.postgres.stop)
    try:
        await stage.lasts(20, 2)
    finally:
        await stage.off_the_loop(stage.postgres.start)


@fault("PostgreSQL crashed", holds="database", on=POSTGRES)
async def crashed(stage: Stage) -> None:
    await stage.off_the_loop(stage.postgres.stop, signal.SIGQUIT)
    await stage.off_the_loop(stage.postgres.start)


@fault("PostgreSQL paused", holds="database", on=POSTGRES)
async def paused(stage: Stage) -> None:
    await stage.off_the_loop(stage.postgres.pause)
    try:
        await stage.lasts(10, 3)
    finally:
        await stage.off_the_loop(stage.postgres.resume)


@fault("PostgreSQL's connections killed", holds="database", on=POSTGRES)
async def connections_killed(stage: Stage) -> None:
    """In whatever they are doing, a commit included."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    for _ in range(10):
        await stage.off_the_loop(_asked, stage, f"{others} AND pid <> pg_backend_pid()")
        await stage.lasts(0.5, 0.1)


@fault("every connection of the pools in use", holds="database", on=POSTGRES)
async def all_in_use(stage: Stage) -> None:
    """Who reads or writes waits for the rooms, with a connection."""
    refused = stage.journal.statuses["503"]
    with _session(stage) as session:
        await stage.off_the_loop(session.execute, "LOCK TABLE chat_room IN ACCESS EXCLUSIVE MODE")
        await stage.lasts(9, 2)
    if not stage.brief and stage.journal.statuses["503"] == refused:
        stage.journal.refused.append("nobody was ever told to come again, so there were connections left")


@fault("deadlocks", holds="database", on=POSTGRES)
async def deadlocks(stage: Stage) -> None:
    """Another session takes what a send takes, in the other order; now it is told to go, and now the send."""
    await stage.off_the_loop(_asked, stage, "ALTER SYSTEM SET deadlock_timeout = '50ms'")
    await stage.off_the_loop(_asked, stage, "SELECT pg_reload_conf()")
    over, before = threading.Event(), _deadlocks(stage)
    crossing = asyncio.create_task(stage.off_the_loop(_cross, stage, stage.pages[0].person.crowded, over))
    try:
        await stage.lasts(10, 2.5)
        for _ in range(20):  # a busy machine sends little meanwhile
            if await stage.off_the_loop(_deadlocks, stage) == before:
                await stage.lasts(0.5, 0.5)
    finally:
        over.set()
        await crossing
        await stage.off_the_loop(_asked, stage, "ALTER SYSTEM RESET deadlock_timeout")
        await stage.off_the_loop(_asked, stage, "SELECT pg_reload_conf()")
    if _deadlocks(stage) == before:
        stage.journal.refused.append("there was no deadlock")


@fault("serialization failures", holds="database", on=POSTGRES)
async def serialization_failures(stage: Stage) -> None:
    await _some_fail(stage, "40001")


@fault("commits take long", holds="database", on=POSTGRES)
async def slow_commits(stage: Stage) -> None:
    """Whoever shows something before it is committed shows it for long enough to be found (Play._audit)."""
    function = (
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END $$"
    )
    trigger = "CREATE CONSTRAINT TRIGGER wait AFTER INSERT OR UPDATE ON chat_message DEFERRABLE INITIALLY DEFERRED"
    await stage.off_the_loop(_asked, stage, f"{function}; {trigger} FOR EACH ROW EXECUTE FUNCTION wait()")
    try:
        await stage.lasts(10, 2)
    finally:
        await stage.off_the_loop(_asked, stage, "DROP FUNCTION wait CASCADE")


@fault("PostgreSQL's disk full, now and then", holds="database", on=POSTGRES)
async def disk_full_of_postgres(stage: Stage) -> None:
    await _some_fail(stage, "53100")


@fault("disk full", holds="processes", on=SQLITE)
async def disk_full(stage: Stage) -> None:
    """No file of the process may grow, its log included; SQLite hears of an I/O error."""
    server = stage.processes[0].process.pid
    before = resource.prlimit(server, resource.RLIMIT_FSIZE)
    resource.prlimit(server, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        await stage.lasts(10, 2)
    finally:
        resource.prlimit(server, resource.RLIMIT_FSIZE, before)


@fault("the database held by another program", holds="database", on=SQLITE)
async def held(stage: Stage) -> None:
    """For longer than anybody waits for it."""
    other = sqlite3.connect(stage.servers.database.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
    try:
        other.execute("BEGIN IMMEDIATE")
        await stage.lasts(20, 2)
    finally:
        other.close()


async def _some_fail(stage: Stage, code: str) -> None:
    """Of all writes of messages, also those that were tried again; nothing else may be lost with them."""
    fails = f"IF random() < {FAILS} THEN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{code}'; END IF; RETURN new;"
    function = f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {fails} END $$"
    trigger = "CREATE TRIGGER fail BEFORE INSERT OR UPDATE ON chat_message FOR EACH ROW EXECUTE FUNCTION fail()"
    await stage.off_the_loop(_asked, stage, f"{function}; {trigger}")
    try:
        await stage.lasts(10, 2)
    finally:
        await stage.off_the_loop(_asked, stage, "DROP FUNCTION fail CASCADE")


@contextmanager
def _session(stage: Stage) -> Iterator[Session]:
    with psycopg.connect(stage.servers.database) as session:
        yield session
        session.rollback()


def _asked(stage: Stage, statement: str) -> Any:
    with psycopg.connect(stage.servers.database, autocommit=True) as session:
        answer = session.execute(statement)
        return answer.fetchone() if answer.description else None


def _cross(stage: Stage, room: int, over: threading.Event) -> None:
    with psycopg.connect(stage.servers.database) as session:
        while not over.wait(0.05):
            with suppress(psycopg.errors.DeadlockDetected), session.transaction():
                session.execute("SELECT FROM chat_membership WHERE room_id = %s FOR NO KEY UPDATE", [room])
                over.wait(0.3)  # somebody writes, and waits for their own
                session.execute("UPDATE chat_room SET name = name WHERE id = %s", [room])


def _deadlocks(stage: Stage) -> int:
    """So far, whoever was told to go."""
    return Path(stage.postgres.folder, "log").read_text().count("deadlock detected")
