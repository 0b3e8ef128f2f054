"""What becomes of each request that Django answers: it has an id, which the answer names, and is counted."""

import logging
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from chatpoc import ids
from chatpoc.live import counters
from chatpoc.paths import shown_path

logger = logging.getLogger("chatpoc.access")

under_way = [0]  # requests; all of it on the loop
counters.in_progress.set_function(lambda: under_way[0])

Send = Callable[[Any], Awaitable[None]]


def followed(scope: Any, send: Send) -> Send:
    """Begins a request; what comes of it goes through the `send` that this returns."""
    given = ids.of_request(scope["headers"])
    ids.request.set(given)
    began = time.perf_counter()

    async def send_with_id(event: Any) -> None:
        if event["type"] == "http.response.start":
            event["headers"] = [*event["headers"], (ids.HEADER, given.encode())]
            _count(scope, event["status"], time.perf_counter() - began)
        await send(event)

    return send_with_id


@cache
def _counter(status: int) -> Any:
    """The package would look for it each time, behind a lock."""
    return counters.answers.labels(str(status))


def _count(scope: Any, status: int, seconds: float) -> None:
    _counter(status).inc()
    counters.answer_seconds.observe(seconds)
    if logger.isEnabledFor(logging.INFO):
        told = {"method": scope["method"], "path": shown_path(scope["path"]), "status": status}
        told["ms"] = round(seconds * 1000, 1)
        logger.info(
            "answered %s",
            " ".join(f"{name}={value}" for name, value in told.items()),
            extra={"told": told | {"event": "answered"}},
        )
