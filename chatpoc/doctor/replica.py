"""The replica, if there is one: whether it is one of this database, and how far behind."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection, connections

from chatpoc import replica
from chatpoc.doctor import Finding, check, doubtful, well, wrong

START = "Start it, and look at REPLICA_URL. Meanwhile the past is read from the primary."
FAR = 16 << 20  # bytes of write-ahead log; one file of it


@check("replica", needs="database", cure=START)
def followed() -> Iterator[Finding]:
    if replica.ALIAS not in settings.DATABASES:
        yield well("There is no replica (REPLICA_URL), and none is needed.")
        return
    try:
        replica.check_it()
    except replica.NoReplica as error:
        yield wrong(f"{error}.", "Make it with pg_basebackup, or leave REPLICA_URL out.")
        return
    at = _asked(connection, "SELECT pg_current_wal_lsn()::text")
    behind = int(_asked(connections[replica.ALIAS], f"SELECT pg_wal_lsn_diff('{at}', pg_last_wal_replay_lsn())"))
    text = f"The replica is {max(0, behind) / 1024:,.0f} KB of write-ahead log behind."
    if behind > FAR:
        yield doubtful(text, "Until it has caught up it answers nothing: look at pg_stat_replication on the primary.")
    else:
        yield well(text)


def _asked(database: Any, sql: str) -> Any:
    with database.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]
