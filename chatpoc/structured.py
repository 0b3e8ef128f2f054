"""A line of the log as one JSON object (LOG_FORMAT=json): for programs, and so for people who may see no message and no name.

What is told of an event: what its code says, without what others put into it. Of an error it is what and where it was, and not
what it says, which may quote a row, a form or an address. See docs/operations.md for the fields.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chatpoc import ids
from chatpoc.database import trouble
from chatpoc.paths import shown_path
from chatpoc.reporting import where

LONGEST = 500  # characters of what an event says
# Bounded: what is long costs no more than its length.
ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)(?:[^\s/@]*@)?([^\s/?#'\"]*)[^\s'\"]*")  # https://, postgres://
EMAIL = re.compile(r"[^\s@<>()\"',;:=]{1,64}@[^\s@<>()\"',;:=]+")
HOSTS = "django.security.DisallowedHost"  # the host that was asked for is what the operator needs to know


class Structured(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": record.levelname,
            "logger": record.name,
            "message": said(record),
            "process": record.process,
        }
        told |= belonging() | of_request(record) | _of_event(record)
        if error := _error(record):
            told["error"] = where(error)
        return json.dumps(told, default=lambda value: type(value).__name__)


def said(record: logging.LogRecord) -> str:
    """What its code says: exceptions by their names, addresses without what they ask for, one line."""
    if event := getattr(record, "told", {}).get("event"):
        return str(event)
    if record.name.startswith("django.security.") and not record.args and record.name != HOSTS:
        return f"Refused: {record.name.rpartition('.')[2]}"  # the exception is the message, and may quote
    text = _filled(record).partition("\n")[0]
    request = getattr(record, "request", None)
    if path := getattr(request, "path", "").rstrip("/"):
        for written in (path, path.encode("unicode_escape").decode()):  # as Django writes those that it refuses
            text = text.replace(written, shown_path(path))
    return EMAIL.sub("…", ADDRESS.sub(r"\1\2", text))[:LONGEST]


def belonging() -> dict[str, str]:
    """The request and the socket that the event belongs to."""
    found = {"request": ids.request.get(), "connection": ids.connection.get()}
    return {name: value for name, value in found.items() if value}


def of_request(record: logging.LogRecord) -> dict[str, Any]:
    """Of what Django says of a request."""
    request: Any = getattr(record, "request", None)
    if not hasattr(request, "path"):
        return {}
    told = {"method": request.method, "path": shown_path(request.path), "status": getattr(record, "status_code", None)}
    return {name: value for name, value in told.items() if value is not None}


def _of_event(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in getattr(record, "told", {}).items() if name != "event"}


def _filled(record: logging.LogRecord) -> str:
    """Values of kinds that may hold anything are named by their kind."""
    args: Any = record.args
    if isinstance(args, Mapping):
        args = {name: _plain(value) for name, value in args.items()}
    elif args:
        args = tuple(_plain(value) for value in args)
    try:
        return str(record.msg) % args if args else str(record.msg)
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _plain(value: object) -> object:
    if isinstance(value, BaseException):
        return trouble(value) or type(value).__name__
    return value if value is None or isinstance(value, str | int | float) else type(value).__name__


def _error(record: logging.LogRecord) -> BaseException | None:
    """Some packages write the traceback themselves, as the message."""
    info: Any = record.exc_info
    if not info and str(record.msg).startswith("Traceback "):
        info = sys.exc_info()
    return info[1] if isinstance(info, tuple) else None
