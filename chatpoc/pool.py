"""The connections to PostgreSQL that the threads of a process share. Under ASGI each request has a thread of its own, so
persistent connections pile up; a pool does not."""

import logging
import select
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool

# Who waits longer for a row gives their connection back, so that one stuck room does not take them all; a process that was
# stopped within a transaction keeps a row no longer than this. Nothing bounds a statement: a migration may take hours.
SERVER = "-c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
READ_ONLY = "-c default_transaction_read_only=on -c statement_timeout=5s"
REPLICA = "replica"  # the name of its pool
NETWORK = {  # a host that is gone without a word: the system alone would wait a quarter of an hour, or two hours
    "connect_timeout": 5,  # seconds, as where nothing is said
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # ms
}


def options(given: dict[str, Any], size: int, *, pooled: bool = False) -> dict[str, Any]:
    """Those of Django's PostgreSQL. `given` is from the URL, such as ?sslmode=verify-full; `size`: connections, at most;
    `pooled`: a PgBouncer is between (chatpoc/pooler.py), for which SERVER is not to be said and nothing to be prepared."""
    pool = {
        "min_size": 1,
        "max_size": size,
        "timeout": 5,  # who waits longer would rather be told to come again
        "reconnect_timeout": 1,
        "reconnect_failed": try_on,
        "connection_class": Connection,
    }
    server = {"prepare_threshold": None} if pooled else {"options": f"{SERVER} {given.get('options', '')}".rstrip()}
    return NETWORK | given | server | {"pool": pool}


def options_of_replica(given: dict[str, Any], size: int) -> dict[str, Any]:
    """The same for a replica. It is not needed: who would have to wait for it asks the primary instead."""
    network = NETWORK | {"connect_timeout": 2, "keepalives_idle": 2, "keepalives_interval": 1, "tcp_user_timeout": 3000}
    server = f"{READ_ONLY} {given.get('options', '')}".rstrip()
    pool = {
        "name": REPLICA,
        "min_size": 0,  # so that it does not try to connect while nobody asks
        "max_size": size,
        "timeout": 0.5,
        "reconnect_timeout": 1,
        "connection_class": Connection,
    }
    return network | given | {"options": server, "pool": pool}


def try_on(pool: "ConnectionPool[Any]") -> None:
    """The pool could not connect, and gave up. While somebody waits it starts anew: by itself it would pause ever longer, up to
    minutes, and find a database that is back that much later."""
    if pool.get_stats()["requests_waiting"]:
        pool.check()


class Connection(psycopg.Connection[Any]):
    """Where one is found dead, so are the others most likely: by itself the pool would offer them one after the other to who
    comes, with pauses of seconds between."""

    def execute(self, *args: Any, **options: Any) -> psycopg.Cursor[Any]:
        """Django uses cursors: this is the pool, which checks a connection before it lends it, by an empty statement."""
        if args == ("",) and self._is_silent():
            return self.cursor()
        try:
            return super().execute(*args, **options)
        except psycopg.OperationalError:
            if self.closed and (pool := getattr(self, "_pool", None)):
                pool.drain()
            raise

    def _is_silent(self) -> bool:
        """Nothing came since the last answer. A server that ends a connection, or its host's system, says so; one that is gone
        without a word is found out by NETWORK, and by whoever is asking it just then. A round trip is 100 times as much."""
        if self.closed or self.info.transaction_status != TransactionStatus.IDLE:
            return False
        waiting = select.poll()
        waiting.register(self.fileno(), select.POLLIN)
        return not waiting.poll(0)


class OneLineIsEnough(logging.Filter):
    """Of a replica that is away (chatpoc.replica says so): its pool tells each try, too."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (isinstance(record.args, tuple) and REPLICA in record.args)
