"""A million rows in the memory of a few hundred, and without keeping others from writing."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet

PAGE = 500  # rows; of messages at most 20 MB
LEAST = 0.02  # seconds of pause


def by_key(rows: QuerySet[Any, Any], key: str = "pk", size: int = PAGE, *, after: Any = None) -> Iterator[Any]:
    """All of them in the order of `key`, which is unique: page after page, each from where the last ended, so that no cursor
    and no transaction is kept open. `after`: only from there; a filter of one's own beside it would have SQLite, which seeks
    by one of two lower bounds, read all of what went before for each page."""
    found, last = rows.order_by(key), after
    while True:
        page = list(found[:size] if last is None else found.filter(**{f"{key}__gt": last})[:size])
        yield from page
        if len(page) < size:
            return
        last = page[-1][key] if isinstance(page[-1], dict) else getattr(page[-1], key)


def unhurried(batch: Callable[[], int]) -> Iterator[int]:
    """Do `batch`, a transaction of its own, until it finds nothing; yields how much each did. A pause as long as the work
    leaves half of the time to everybody else: SQLite lets one write, and who waits for it asks only now and then."""
    while True:
        began = time.monotonic()
        if not (done := batch()):
            return
        yield done
        time.sleep(max(LEAST, time.monotonic() - began))
