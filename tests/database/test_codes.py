"""What the database itself says, told apart by its codes: what may be over in a moment, and what is our own fault."""

import errno
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from chatpoc.database import trouble
from chatpoc.logs import Seldom

on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has other codes")

PASSING = ["08006", "25006", "25P03", "40001", "40P01", "53100", "53200", "53300", "55P03", "57014", "57P01", "58030"]
OURS = ["22001", "23505", "23514", "42601", "42P01", "54000", "XX000"]


@on_postgres
@pytest.mark.parametrize("code", [*PASSING, *OURS])
@pytest.mark.django_db
def test_a_code_of_postgresql(code: str) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'what Alice wrote' USING ERRCODE = '{code}'; END $$")
    why = trouble(caught.value)
    assert bool(why) is (code in PASSING)
    assert "Alice" not in why
    assert why.endswith(f", {code}" if why else "")


@on_postgres
@pytest.mark.django_db
def test_an_insert_that_is_refused_after_a_failure_inside_a_transaction_tells_of_the_failure() -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        try:
            with transaction.atomic(savepoint=False), connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'gone' USING ERRCODE = '57P01'; END $$")
        except OperationalError:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
    assert trouble(caught.value) == "AdminShutdown, 57P01"


def busy(file: str) -> None:
    with sqlite3.connect(file) as writer:
        writer.execute("BEGIN IMMEDIATE")
        sqlite3.connect(file, timeout=0).execute("BEGIN IMMEDIATE")


def full(file: str) -> None:
    here = sqlite3.connect(file)
    here.execute("PRAGMA max_page_count = 5")
    here.execute("CREATE TABLE t (x)")
    here.execute("INSERT INTO t VALUES (randomblob(100000))")


def read_only(file: str) -> None:
    sqlite3.connect(file).execute("CREATE TABLE t (x)").connection.commit()
    sqlite3.connect(f"file:{file}?mode=ro", uri=True).execute("INSERT INTO t VALUES (1)")


def nowhere(file: str) -> None:
    sqlite3.connect(f"{file}/not/there").execute("CREATE TABLE t (x)")


def no_table(file: str) -> None:
    sqlite3.connect(file).execute("SELECT * FROM what_alice_wrote")


def no_database(file: str) -> None:
    Path(file).write_text("no database" * 1000)
    sqlite3.connect(file).execute("SELECT * FROM t")


SQLITE: dict[Callable[[str], None], str] = {
    busy: "SQLITE_BUSY",
    full: "SQLITE_FULL",
    read_only: "SQLITE_READONLY",
    nowhere: "SQLITE_CANTOPEN",
    no_table: "",
    no_database: "",
}


@pytest.mark.parametrize("work", SQLITE)
def test_a_code_of_sqlite(work: Callable[[str], None], tmp_path: Path) -> None:
    with pytest.raises(OperationalError) as caught:
        try:
            work(str(tmp_path / "file"))
        except sqlite3.DatabaseError as error:
            raise OperationalError("what Alice wrote") from error  # as Django does
    assert trouble(caught.value) == SQLITE[work]


def test_what_the_driver_says_of_its_connection_and_what_is_no_trouble() -> None:
    assert trouble(InterfaceError("connection already closed")) == "InterfaceError"
    assert trouble(OSError(errno.ENOSPC, "No space left on device")) == "ENOSPC"
    assert trouble(OSError(errno.EACCES, "Permission denied")) == ""
    assert trouble(ZeroDivisionError()) == trouble(None) == ""


def test_who_says_the_same_again_and_again_is_heard_every_ten_seconds() -> None:
    seldom = Seldom()

    def heard(text: str, at: float) -> bool:
        record = logging.LogRecord("psycopg.pool", logging.WARNING, "", 0, text, ("x",), None)
        record.created = at
        return bool(seldom.filter(record))

    said = [
        heard("no: %s", 100),
        heard("no: %s", 101),
        heard("lost: %s", 102),
        heard("no: %s", 109),
        heard("no: %s", 110),
        heard("no: %s", 50),
    ]
    assert said == [True, False, True, False, True, True], "the last after the clock was set back"
