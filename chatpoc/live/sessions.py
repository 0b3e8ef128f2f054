"""The end of a session, whoever ends it: its sockets look again."""

import re
from typing import Any

from django.contrib.sessions.models import Session

from chatpoc.live import capture
from chatpoc.live.handshake import session_topic

KEY = re.compile(r"[a-z0-9]{32}")
BEGINS_OR_GOES_ON = re.compile(r"\s*(?:INSERT|UPDATE)\b", re.IGNORECASE)
EVERYONE = frozenset({"access"})


def ended_by(sql: str, params: Any) -> frozenset[str]:
    """Django names the keys of those it deletes. Who deletes in other words may mean anybody's."""
    if BEGINS_OR_GOES_ON.match(sql):
        return frozenset()
    keys = [param for param in params or () if isinstance(param, str) and KEY.fullmatch(param)]
    if not keys or len(keys) < len(params):
        return EVERYONE
    return frozenset(map(session_topic, keys))


def start() -> None:
    capture.track_statements(Session._meta.db_table, ended_by)
