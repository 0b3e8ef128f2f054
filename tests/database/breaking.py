"""A database that does what it is asked up to a point, and nothing from there on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

SECRET = "as told by the database, with what people wrote"  # must be in no log and on no page


class Away:
    """From the statement `first` on, in this thread; how many there were is in `asked`. With `only`, of those that begin so."""

    def __init__(self, first: int, only: str) -> None:
        self.first, self.only, self.asked = first, only, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        self.asked += sql.startswith(self.only)
        if self.asked > self.first and sql.startswith(self.only):
            raise OperationalError(SECRET)
        return execute(sql, params, many, context)


@contextmanager
def away_from(first: int, only: str = "") -> Iterator[Away]:
    away = Away(first, only)
    with connection.execute_wrapper(away):
        yield away
    if connection.needs_rollback and not connection.in_atomic_block:
        connection.close()
