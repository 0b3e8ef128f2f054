"""A database that is away, busy or full, or a full disk: told from our own faults by codes, since words may quote what people
wrote. Whoever asks meanwhile is told when to come again (chatpoc.views); what was only in the way of others is done once more.
"""

import errno
import functools
import logging
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import InterfaceError, OperationalError, connection
from django.db.transaction import TransactionManagementError

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

CONFLICTS = ("40001", "40P01")  # two transactions in each other's way, and one was rolled back
# By their first letters: no connection; a standby, that takes no writes; slept in a transaction; rolled back; no disk, memory
# or connection left; waited too long for a lock; told to stop; the system's own errors.
PASSING = ("08", "25006", "25P03", "40", "53", "55P03", "57", "58")
SQLITE_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
# What broke it is beside these, and not their cause.
BROKEN = (TransactionManagementError, UpdateError, SessionInterrupted)
FULL = {errno.ENOSPC, errno.EDQUOT}  # where pictures and mails are kept
TRIES = 5  # of what met a conflict
PAUSE = 0.02  # seconds before the second try, at most; doubled for each that follows


def trouble(error: BaseException | None) -> str:
    """What keeps the database, or the disk, from doing what was asked, where a later try may succeed; else an empty text."""
    known = False
    for found in _causes(error):
        if code := getattr(found, "sqlstate", None):
            return f"{type(found).__name__}, {code}" if code.startswith(PASSING) else ""
        if isinstance(found, sqlite3.Error):  # the primary code is in the lowest byte
            passing = getattr(found, "sqlite_errorcode", 0) & 0xFF in SQLITE_PASSING
            return str(getattr(found, "sqlite_errorname", "")) if passing else ""
        if isinstance(found, OSError) and found.errno in FULL:
            return errno.errorcode[found.errno]
        known |= isinstance(found, (OperationalError, InterfaceError))
        last = found
    return type(last).__name__ if known else ""  # without a code: the driver speaks, of its connection


def noted(error: BaseException, then: str) -> bool:
    """Whether it is such a trouble; then the log says so in one line, and what is done about it."""
    if why := trouble(error):
        logger.warning("%s: the database is out of reach (%s).", then, why)
    return bool(why)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Django's exception, and what it was made from; of a transaction that is broken already, what broke it."""
    while error is not None:
        yield error
        handled = error.__context__ if isinstance(error, BROKEN) else None
        error = handled or error.__cause__  # of the former, Django may name one of a transaction before


def again_after_conflict(verb: Callable[P, T]) -> Callable[P, T]:
    """Do it once more when the database rolled it back because of another transaction. Inside a transaction of somebody else,
    theirs is gone as well: then it is theirs to do again."""

    @functools.wraps(verb)
    def do(*args: P.args, **kwargs: P.kwargs) -> T:
        for tried in range(1, TRIES):
            try:
                return verb(*args, **kwargs)
            except OperationalError as error:
                if connection.in_atomic_block or getattr(error.__cause__, "sqlstate", None) not in CONFLICTS:
                    raise
            time.sleep(random.uniform(0, PAUSE * 2**tried))  # noqa: S311  (so that the two do not meet again)
        return verb(*args, **kwargs)

    return do
