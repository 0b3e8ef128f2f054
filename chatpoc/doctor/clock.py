"""Clocks: leases, sessions and the times of messages are told by several, which have to agree."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

from chatpoc.doctor import Finding, check, doubtful, well, wrong

BUILT = 2026  # the year of this code: a clock that says an earlier one was never set
OFF, FAR_OFF = 1.0, 10.0  # seconds
CURE = "Have every machine follow the same time: timedatectl set-ntp true, or chrony."
TIME = {
    "postgresql": "SELECT EXTRACT(EPOCH FROM clock_timestamp())",
    "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400.0",
}
now = time.time


@check("clock", needs="database", cure=CURE)
def clock() -> Iterator[Finding]:
    told = datetime.fromtimestamp(now(), UTC)
    if told.year < BUILT:
        yield wrong(f"This machine takes today for {told:%Y-%m-%d}.", CURE)
    yield well(f"It is {told:%Y-%m-%d %H:%M:%S} UTC; times without JavaScript are told in {settings.TIME_ZONE}.")
    yield compared("the database", of_database)


def compared(whose: str, ask: Callable[[], float]) -> Finding:
    before, theirs, after = now(), ask(), now()
    off = max(before - theirs, theirs - after, 0)  # it was asked at some moment between
    if off > OFF:
        ahead = "behind" if theirs < before else "ahead of"
        finding = wrong if off > FAR_OFF else doubtful
        return finding(f"The clock of {whose} is {off:.1f} s {ahead} this machine's.", CURE)
    return well(f"The clock of {whose} agrees with this machine's.")


def of_database() -> float:
    """SQLite's is this machine's."""
    with connection.cursor() as cursor:
        cursor.execute(TIME[connection.vendor])
        return float(cursor.fetchone()[0])
