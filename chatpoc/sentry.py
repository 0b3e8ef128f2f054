"""Errors to Sentry, where SENTRY_DSN is set: what and where, as in the log, and nothing of whom or of what was said.

Its integrations would take along the request, the form, the cookies and the variables; none is used. What the log tells as an
error is sent, by a handler of it, and of that only what is named here.
"""

import logging
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.logging import EventHandler
from sentry_sdk.types import Event, Hint

from chatpoc.reporting import FRAME
from chatpoc.structured import belonging, of_request, said

KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "sdk")
FLUSH = 2  # seconds that what is left may take when the process ends

OPTIONS: dict[str, Any] = {
    "default_integrations": False,
    "auto_enabling_integrations": False,
    "auto_session_tracking": False,
    "include_local_variables": False,
    "max_request_body_size": "never",
    "max_breadcrumbs": 0,
    "send_client_reports": False,
    "spotlight": False,
    "server_name": "",
}


def scrubbed(event: Event, hint: Hint) -> Event:
    """A new event of what may leave: what is not known to be harmless stays here."""
    found: Any = event
    kept: Any = {name: found[name] for name in KEPT if name in found}
    if record := hint.get("log_record"):
        kept["logentry"] = {"message": said(record)}
        kept["tags"] = belonging() | {name: str(value) for name, value in of_request(record).items()}
    if errors := found.get("exception", {}).get("values"):
        kept["exception"] = {"values": [_where(error) for error in errors]}
    return kept  # type: ignore[no-any-return]


def _where(error: dict[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames", ())
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "stacktrace": {"frames": [{name: frame[name] for name in FRAME if name in frame} for frame in frames]},
    }


class Handler(EventHandler):
    def __init__(self, dsn: str, **more: Any) -> None:
        super().__init__()
        sentry_sdk.init(dsn, before_send=scrubbed, before_send_transaction=lambda *_: None, **(OPTIONS | more))

    def flush(self) -> None:
        """`logging.shutdown` asks for it, at the end."""
        sentry_sdk.flush(FLUSH)


def handler(dsn: str) -> logging.Handler:
    return Handler(dsn)
