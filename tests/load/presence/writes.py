"""What was written to the tables of presence, as PostgreSQL counts it."""

from typing import NamedTuple

from django.db import connection

ALL = """SELECT coalesce(sum(calls), 0), coalesce(sum(rows), 0) FROM pg_stat_statements
         WHERE query ~ '^(INSERT INTO|UPDATE|DELETE FROM) "presence_'"""
RENEWALS = """SELECT coalesce(sum(rows), 0) FROM pg_stat_statements WHERE query ~ '^UPDATE "presence_process"'"""


class Writes(NamedTuple):
    statements: int
    rows: int
    renewals: int

    def since(self, before: "Writes") -> "Writes":
        return Writes(*(now - then for now, then in zip(self, before, strict=True)))


def begin() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION pg_stat_statements")


def counted() -> Writes:
    with connection.cursor() as cursor:
        cursor.execute(ALL)
        statements, rows = cursor.fetchone()
        cursor.execute(RENEWALS)
        return Writes(int(statements), int(rows), int(cursor.fetchone()[0]))
