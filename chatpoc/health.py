"""What programs ask that look after the chat: is it alive, may it be sent people, how does it do. All three are answered before
Django is asked, in the loop: by whatever name and without TLS, and also while the database is away. See docs/operations.md."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chatpoc.live import counters, gauges  # noqa: F401  (what is now: they count themselves in)
from chatpoc.readiness import Readiness

GUARDS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
]
TEXT, JSON = "text/plain; charset=utf-8", "application/json"

Answer = tuple[int, str, bytes]
Application = Callable[[Any, Any, Any], Awaitable[None]]


class Health:
    """An ASGI application around the rest, to which all goes that is asked elsewhere, or otherwise."""

    def __init__(self, rest: Application) -> None:
        self.rest = rest
        self.readiness = Readiness()
        self.doors: dict[str, Callable[[], Awaitable[Answer]]] = {
            "/healthz": self._alive,
            "/readyz": self._ready,
            "/metrics": self._metrics,
        }

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        door = self.doors.get(scope["path"])
        if door is None or scope["method"] not in {"GET", "HEAD"}:
            return self.rest(scope, receive, send)
        if door == self._metrics and not _may_read(scope):
            return self.rest(scope, receive, send)  # where it is not there
        return self._answer(door, scope, send)

    async def _answer(self, door: Callable[[], Awaitable[Answer]], scope: Any, send: Any) -> None:
        status, kind, body = await door()
        own = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": own + GUARDS})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _alive(self) -> Answer:
        return 200, TEXT, b"alive\n"

    async def _ready(self) -> Answer:
        why = await self.readiness.troubles()
        told = {"ready": False, "why": why} if why else {"ready": True}
        return 503 if why else 200, JSON, json.dumps(told).encode() + b"\n"

    async def _metrics(self) -> Answer:
        return 200, CONTENT_TYPE_LATEST, await asyncio.to_thread(generate_latest, counters.registry)


def _may_read(scope: Any) -> bool:
    """Closed unless METRICS_TOKEN is set and sent."""
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    return bool(settings.METRICS_TOKEN and len(given) == 1 and constant_time_compare(given[0], wanted))
