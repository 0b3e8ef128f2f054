"""The pool of connections to PostgreSQL: none is lost, none that is broken is given out, and it is made anew at once."""

import asyncio
import gc
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from psycopg_pool import ConnectionPool

from chatpoc.asgi import Pages
from tests.live.conftest import alice_key
from tests.servers import PostgresServer, postgres

__all__ = ["alice_key"]

pytestmark = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no pool")


def pool() -> Any:
    database: Any = connections["default"]
    return database.pool


def lent() -> int:
    stats = pool().get_stats()
    return int(stats["pool_size"] - stats["pool_available"])


def another() -> psycopg.Connection[Any]:
    fields = connection.settings_dict
    return psycopg.connect(host=fields["HOST"], port=fields["PORT"], user=fields["USER"], dbname=fields["NAME"])


async def until(what: Callable[[], bool]) -> None:
    for _ in range(250):
        if what():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it does not happen")


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Django leaves the body's file to the collector
async def test_a_browser_that_left_while_the_database_did_not_answer_takes_no_connection_along(
    transactional_db: None, alice_key: str
) -> None:
    """Daphne cancels what is not done 10 s after its browser left; then nobody closes the answer, which is never there."""
    left = asyncio.Event()
    events = iter([{"type": "http.request", "body": b""}])

    async def receive() -> Any:
        if event := next(events, None):
            return event
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(_: Any) -> None: ...

    def waits() -> bool:
        return lent() > before

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", b"testserver"), (b"cookie", f"sessionid={alice_key}".encode())],
    }
    with another() as other:
        other.execute("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")
        before = lent()
        asked: Any = asyncio.ensure_future(Pages()(scope, receive, send))
        await until(waits)
        left.set()
        await asyncio.sleep(0.2)
        asked.cancel()
        other.rollback()
    await asyncio.wait([asked], timeout=10)
    await until(lambda: lent() == before)
    del asked
    gc.collect()


@pytest.mark.django_db(transaction=True)
def test_connections_that_were_killed_while_nobody_used_them_are_met_by_nobody(transactional_db: None) -> None:
    connections.close_all()
    with another() as other:
        other.autocommit = True
        for _ in range(3):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                [pid] = cursor.fetchone()
            connection.close()
            other.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])


@pytest.mark.waits
def test_after_an_outage_whoever_waits_is_served_within_a_second() -> None:
    """The pool by itself pauses ever longer between two tries: after 3 s for another 4."""
    options: dict[str, Any] = dict(settings.DATABASES["default"]["OPTIONS"]["pool"])
    options |= {"min_size": 2, "max_size": 4, "timeout": 20}
    check = ConnectionPool.check_connection
    with postgres() as server:
        target = f"host=127.0.0.1 port={server.port} user=chat dbname=postgres"
        with ConnectionPool(target, check=check, **options) as under_test:
            under_test.wait(10)
            server.stop()
            with pytest.raises(psycopg.OperationalError):
                under_test.getconn(timeout=1)
            asked = asyncio.run(_asked_while_it_starts(under_test, server))
    assert asked < 1.5


@pytest.mark.waits
def test_after_a_restart_the_first_who_comes_is_served_however_many_connections_were_lost() -> None:
    """The pool by itself offers them one after the other, and pauses 0, 1, 2 and 4 s between."""
    own: dict[str, Any] = dict(settings.DATABASES["default"]["OPTIONS"]["pool"]) | {"min_size": 8}
    with postgres() as server:
        target = f"host=127.0.0.1 port={server.port} user=chat dbname=postgres"
        with ConnectionPool(target, check=ConnectionPool.check_connection, **own) as under_test:
            under_test.wait(10)
            server.stop()
            server.start()
            began = time.monotonic()
            under_test.putconn(under_test.getconn())
            served = time.monotonic() - began
            [connection, *_] = lent = [under_test.getconn() for _ in range(8)]
            assert connection.execute("SELECT 1").fetchone() == (1,)
            for one in lent:
                under_test.putconn(one)
    assert served < 3


async def _asked_while_it_starts(under_test: Any, server: PostgresServer) -> float:
    """Somebody asks while it is away, and waits; returns the seconds from its return until they are served."""
    waiting = asyncio.get_running_loop().run_in_executor(None, under_test.getconn)
    await asyncio.sleep(2.7)
    await asyncio.to_thread(server.start)
    began = time.monotonic()
    under_test.putconn(await waiting)
    return time.monotonic() - began


@pytest.mark.django_db
def test_a_connection_waits_for_nothing_for_ever() -> None:
    with connection.cursor() as cursor:
        for name, seconds in {
            "lock_timeout": 5,
            "idle_in_transaction_session_timeout": 30,
            "statement_timeout": 0,
        }.items():
            cursor.execute("SELECT setting FROM pg_settings WHERE name = %s", [name])
            assert cursor.fetchone() == (str(seconds * 1000),), name
    told = connection.connection.info.get_parameters()
    assert {name: told[name] for name in ("connect_timeout", "tcp_user_timeout", "keepalives_idle")} == {
        "connect_timeout": "5",
        "tcp_user_timeout": "15000",
        "keepalives_idle": "10",
    }
