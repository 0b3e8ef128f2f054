"""The database: whether it answers, is the one that the code expects, and has room."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from chatpoc import pooler
from chatpoc.doctor import Finding, check, doubtful, well, wrong

START = "Start it, and look at DATABASE_URL: host, port, name, user. `psql` or `sqlite3` with the same says more."
NEEDED = {"postgresql": (14,), "sqlite": (3, 35)}  # what Django 5.2 takes, and RETURNING in SQLite
SLOW = 0.05  # seconds of a round trip, more than which every page feels
LITTLE, TOO_LITTLE = 1 << 30, 100 << 20  # bytes free
LONG_WAL = 1 << 30  # bytes
CROWDED = 0.8  # of the connections


@check("database", cure=START)
def database() -> Iterator[Finding]:
    say_why_not()
    with connection.cursor() as cursor:
        began = time.monotonic()
        cursor.execute("SELECT 1")
        took = time.monotonic() - began
    yield from version(took)
    yield from (postgresql() if connection.vendor == "postgresql" else sqlite())


@check("migrations", needs="database")
def migrations() -> Iterator[Finding]:
    loader = MigrationLoader(connection)
    missing = sorted(
        f"{app}.{name}" for app, name in loader.graph.nodes if (app, name) not in loader.applied_migrations
    )
    if missing:
        names = ", ".join(missing[:5]) + " …" * (len(missing) > 5)
        yield wrong(f"{len(missing)} migrations are not applied: {names}", "manage.py migrate")
    ahead = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
    if unknown := [f"{app}.{name}" for app, name in ahead if app in loader.migrated_apps]:
        yield doubtful(
            f"The database has migrations that this code does not know: {', '.join(unknown[:5])}",
            "A newer version wrote it, or a branch: install that version, or restore the backup from before.",
        )
    if not missing:
        yield well("All migrations are applied.")


def say_why_not() -> None:
    """A pool keeps to itself why it cannot connect; one connection of its own tells."""
    probe = connection.copy()
    probe.settings_dict["OPTIONS"].pop("pool", None)
    try:
        probe.ensure_connection()
    finally:
        probe.close()


def version(took: float) -> Iterator[Finding]:
    number = "".join(f".{part}" for part in connection.get_database_version()).lstrip(".")
    name = f"{connection.display_name} {number}"
    if connection.get_database_version() < NEEDED[connection.vendor]:
        yield wrong(f"{name} is too old.", f"Install {'.'.join(map(str, NEEDED[connection.vendor]))} or newer.")
    elif took > SLOW:
        yield doubtful(f"{name} needs {took * 1000:.0f} ms for nothing.", "Move it nearer, or look what else it does.")
    else:
        yield well(f"{name} answers in {took * 1000:.1f} ms.")


def asked(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def sqlite() -> Iterator[Finding]:
    file = Path(str(connection.settings_dict["NAME"]))
    if (mode := asked("PRAGMA journal_mode")) not in {"wal", "memory"}:
        yield wrong(f"SQLite keeps its journal as “{mode}”: readers and the writer wait for each other.",
                    "PRAGMA journal_mode=WAL, on a local disk: network file systems cannot.")  # fmt: skip
    if not file.exists():
        return  # in memory
    wal = file.with_name(f"{file.name}-wal")
    if wal.exists() and wal.stat().st_size > LONG_WAL:
        yield doubtful("The write-ahead log is longer than 1 GB: something has been reading for very long.",
                       "End the shell or the program that has the file open.")  # fmt: skip
    yield space(file.parent, "the database")


def space(folder: Path, whose: str) -> Finding:
    free = shutil.disk_usage(folder).free
    text = f"{free / (1 << 30):,.1f} GB are free for {whose}."
    if free < TOO_LITTLE:
        return wrong(text, "Make room now: writes are about to fail.")
    return doubtful(text, "Make room, or look at `manage.py purge --help`.") if free < LITTLE else well(text)


def postgresql() -> Iterator[Finding]:
    if asked("SELECT pg_is_in_recovery()"):
        yield wrong("This PostgreSQL is a standby: it takes no writes.", "Point DATABASE_URL at the primary.")
    if (encoding := asked("SHOW server_encoding")) != "UTF8":
        yield wrong(f"The database is in {encoding}.", "Make it anew: createdb --encoding=UTF8, dump and restore.")
    if asked("SHOW fsync") != "on":
        yield doubtful("fsync is off: a crash of the machine may lose the database.", "Set fsync = on.")
    if asked("SHOW is_superuser") == "on":
        yield doubtful("The chat's role is a superuser of PostgreSQL.", "Give it its own database, and nothing else.")
    if fault := pooler.fault():
        yield wrong(fault, "Then start the chat anew.")
    yield from connections_left()


def connections_left() -> Iterator[Finding]:
    most = int(asked("SHOW max_connections")) - int(asked("SHOW superuser_reserved_connections"))
    used = int(asked("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"))
    each = int((connection.settings_dict["OPTIONS"].get("pool") or {}).get("max_size") or 0)
    text = f"{used} of {most} connections are in use"
    text += f"; a process takes up to {each}, so {most // each} processes fit." if each else "."
    if used > most * CROWDED or (each and each > most):
        cure = "Raise max_connections, lower DATABASE_POOL, or put a pooler in front."
        yield doubtful(text, cure)
    else:
        yield well(text)
