"""By which the lines of a log belong together: one id of the request, one of the socket. They say nothing of whom."""

import os
import re
from collections.abc import Iterable
from contextvars import ContextVar

from django.conf import settings

HEADER = b"x-request-id"
WELL_FORMED = re.compile(rb"[0-9A-Za-z_-]{8,64}")  # nginx makes 32 hexadecimal digits, others a UUID

# asgiref takes them along into the thread of a request; chatpoc.live.threads into those of sockets.
request: ContextVar[str] = ContextVar("request", default="")
connection: ContextVar[str] = ContextVar("connection", default="")


def of_request(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """That which the proxy in front gave it, which production has; else a new one. What is no id would be a text in the log."""
    if settings.TRUSTED_REQUEST_ID:
        given = [value for name, value in headers if name == HEADER]
        if len(given) == 1 and WELL_FORMED.fullmatch(given[0]):
            return given[0].decode()
    return os.urandom(16).hex()
