"""Seeding as a process of its own, on a database of its own: stopped, killed, and gone on with."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.servers import ROOT

pytestmark = [
    pytest.mark.processes,
    pytest.mark.once("sqlite"),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="it copies the file of a database"),
]

SEED = ["seed", "--people", "20", "--rooms", "6", "--messages", "30000", "--until", "2026-03-01T12:00"]
TABLES = ["accounts_user", "account_emailaddress", "chat_room", "chat_membership", "chat_message"]


def start(database: Path) -> subprocess.Popen[str]:
    embedded = {"DATABASE_URL": f"sqlite:///{database}", "REDIS_URL": "", "MODE": "", "LIMITS": "off"}
    return subprocess.Popen(
        [sys.executable, "manage.py", *SEED],
        cwd=ROOT, env=os.environ | embedded, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def once_it_writes_messages(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    while not process.stdout.readline().startswith("messages"):
        assert process.poll() is None


def read(database: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(database)) as reader:
        return reader.execute(sql).fetchall()


def whole_rooms(database: Path) -> int:
    """How many messages there are; each room says how many it has."""
    counted = """SELECT r.last_seq, r.version, count(m.id), max(m.version)
      FROM chat_room r LEFT JOIN chat_message m ON m.room_id = r.id GROUP BY r.id"""
    rows = read(database, counted)
    assert all(last_seq == count and version == (most or 0) for last_seq, version, count, most in rows)
    return sum(row[2] for row in rows)


@pytest.fixture
def databases(django_db_setup: None, django_db_blocker: Any, tmp_path: Path) -> list[Path]:
    """Two empty ones."""
    copies = [tmp_path / "stopped.sqlite3", tmp_path / "whole.sqlite3"]
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
    for copy in copies:
        with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            for table in reversed(["chat_room", *TABLES[:2], *TABLES[3:]]):
                target.execute(f"DELETE FROM {table}")  # noqa: S608
            target.execute("DELETE FROM sqlite_sequence")
            target.commit()
    return copies


def test_stopped_and_killed_it_goes_on_and_ends_as_if_it_never_was(databases: list[Path]) -> None:
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
        rows = f"SELECT * FROM {table} {'WHERE NOT is_lobby' if table == 'chat_room' else ''} ORDER BY id"  # noqa: S608
        assert read(stopped, rows) == read(whole, rows), table
