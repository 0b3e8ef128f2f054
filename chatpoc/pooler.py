"""A PgBouncer between the chat and PostgreSQL, in transaction mode: each transaction may meet another session of the server, so
what a session keeps (prepared statements, cursors, settings) cannot be relied on. `?pgbouncer=transaction` in DATABASE_URL
says that there is one. Its own connect_query then sets what the chat otherwise says as it connects (deploy/pgbouncer.ini).
"""

import re
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

BOUNDS = ("lock_timeout", "idle_in_transaction_session_timeout")
NOT_TOLD = (
    "DATABASE_URL leads to a PgBouncer and does not say so, so that nothing would bound how long a row is waited for: "
    "DATABASE_URL=postgres://user:password@host:6432/name?pgbouncer=transaction"
)
NOT_SET = (
    "DATABASE_URL says pgbouncer=transaction, and where it leads to {what} is 0, so that a stuck request could "
    "keep others waiting for ever: copy connect_query from deploy/pgbouncer.ini into [databases] of PgBouncer's settings."
)


def said_in(options: dict[str, Any]) -> bool:
    """Whether the address says that there is one; the word is taken out, since it is none of the driver's."""
    said = options.pop("pgbouncer", None)
    if said not in {None, "transaction"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL has pgbouncer={said}, which is not known. Leave it out, or: pgbouncer=transaction"
        )
    if said and "options" in options:
        raise ImproperlyConfigured(
            "DATABASE_URL has options=, which a PgBouncer keeps to itself: set them by connect_query in its own settings "
            "(deploy/pgbouncer.ini), and leave them out here."
        )
    return said is not None


def fault() -> str:
    """What is wrong between the address, a PgBouncer and PostgreSQL, in a sentence; empty if nothing is, or nobody answers."""
    if connection.vendor != "postgresql":
        return ""
    told = bool(connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"])
    try:
        between, unset = _looked()
    except (DatabaseError, psycopg.Error) as error:
        return NOT_TOLD if re.search(r"unsupported startup parameter.*options", str(error)) else ""
    if between and not told:
        return NOT_TOLD
    return NOT_SET.format(what=" and ".join(unset)) if unset and told else ""


def _looked() -> tuple[bool, list[str]]:
    """Whether somebody is between, and which of the bounds are not there."""
    probe: Any = connection.copy()
    probe.settings_dict["OPTIONS"].pop("pool", None)  # it keeps to itself why it cannot connect
    try:
        probe.ensure_connection()
        wire = probe.connection  # the driver's: Django warns of statements before its apps are there
        asked = ", ".join(f"current_setting('{name}')" for name in BOUNDS)
        pid, *bounds = wire.execute(f"SELECT pg_backend_pid(), {asked}").fetchone()
        between = pid != wire.info.backend_pid  # PgBouncer makes up its own
    finally:
        probe.close()
    return between, [name for name, value in zip(BOUNDS, bounds, strict=True) if value == "0"]
