"""Seeding as a process of its own, on a database of its own: stopped, killed, and gone on with."""

import os
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from tests.servers import ROOT

pytestmark = pytest.mark.processes

SEED = ["seed", "--people", "20", "--rooms", "6", "--messages", "30000", "--until", "2026-03-01T12:00"]
TABLES = ["accounts_user", "account_emailaddress", "chat_room", "chat_membership", "chat_message"]


def manage(url: str, *arguments: str) -> subprocess.Popen[str]:
    embedded = {"DATABASE_URL": url, "REDIS_URL": "", "MODE": "", "LIMITS": "off"}
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=os.environ | embedded, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def start(url: str) -> subprocess.Popen[str]:
    return manage(url, *SEED)


def once_it_writes_messages(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    while not process.stdout.readline().startswith("messages"):
        assert process.poll() is None


def read(url: str, sql: str) -> list[Any]:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(urlsplit(url).path)) as reader:
            return reader.execute(sql).fetchall()
    with psycopg.connect(url) as other:
        return other.execute(sql).fetchall()


def rows_of(url: str, table: str) -> list[Any]:
    """Of messages without their ids on PostgreSQL: its sequences go on from what a transaction took that came to nothing."""
    rows = read(url, f"SELECT * FROM {table} {'WHERE NOT is_lobby' if table == 'chat_room' else ''} ORDER BY id")  # noqa: S608
    return rows if table != "chat_message" or url.startswith("sqlite") else [row[1:] for row in rows]


def whole_rooms(url: str) -> int:
    """How many messages there are; each room says how many it has."""
    counted = """SELECT r.last_seq, r.version, count(m.id), max(m.version)
      FROM chat_room r LEFT JOIN chat_message m ON m.room_id = r.id GROUP BY r.id"""
    rows = read(url, counted)
    assert all(last_seq == count and version == (most or 0) for last_seq, version, count, most in rows)
    return sum(row[2] for row in rows)


@pytest.fixture
def databases(django_db_setup: None, django_db_blocker: Any, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of two empty ones."""
    with django_db_blocker.unblock():
        fields = dict(connection.settings_dict)
    if connection.vendor == "sqlite":
        yield copied(fields["NAME"], tmp_path / "stopped.sqlite3"), copied(fields["NAME"], tmp_path / "whole.sqlite3")
        return
    server = f"postgres://{fields['USER']}@{fields['HOST']}:{fields['PORT']}"
    stopped, whole = (f"{name}_{uuid.uuid4().hex}" for name in ("stopped", "whole"))
    with closing(psycopg.connect(f"{server}/postgres", autocommit=True)) as admin:
        admin.execute(f"CREATE DATABASE {stopped}")
        _, complaint = (migrating := manage(f"{server}/{stopped}", "migrate", "-v0")).communicate(timeout=60)
        assert migrating.returncode == 0, complaint
        admin.execute(f"CREATE DATABASE {whole} TEMPLATE {stopped}")
        yield f"{server}/{stopped}", f"{server}/{whole}"
        for name in (stopped, whole):
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def copied(name: str, copy: Path) -> str:
    with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        for table in reversed(["chat_room", *TABLES[:2], *TABLES[3:]]):
            target.execute(f"DELETE FROM {table}")  # noqa: S608
        target.execute("DELETE FROM sqlite_sequence")
        target.commit()
    return f"sqlite:///{copy}"


def test_stopped_and_killed_it_goes_on_and_ends_as_if_it_never_was(databases: tuple[str, str]) -> None:
    stopped, whole = databases
    other = start(whole)
    process = start(stopped)
    once_it_writes_messages(process)
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped. Made 20 people" in complaint
    assert "The same command goes on from here" in complaint
    first = whole_rooms(stopped)
    assert 5_000 <= first < 30_000

    process = start(stopped)
    once_it_writes_messages(process)
    process.kill()
    process.communicate(timeout=60)
    second = whole_rooms(stopped)
    assert first < second < 30_000

    process = start(stopped)
    told, complaint = process.communicate(timeout=60)
    assert process.returncode == 0, complaint
    assert f"Made 0 people, 0 conversations and {30_000 - second:,} messages" in told
    told, complaint = other.communicate(timeout=60)
    assert other.returncode == 0, complaint
    for table in TABLES:
        assert rows_of(stopped, table) == rows_of(whole, table), table
