"""How much CPU PostgreSQL used."""

import time

import psutil  # type: ignore[import-untyped]

from tests.servers import PostgresServer


def cpu(postgres: PostgresServer) -> float:
    """Seconds, of all its processes that are there: connections are pooled, and stay."""
    postmaster = psutil.Process(postgres.process.pid)
    return sum(clock(process.pid) for process in (postmaster, *postmaster.children()))


def clock(pid: int) -> float:
    """Of a process that may end meanwhile. See tests/load/server.py."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0
