"""More people ask at once than threads and places to wait for one: they are told to come again, and nobody waits for them."""

import asyncio
import threading
from typing import Any

import pytest
from django.http import HttpResponse

from chatpoc import asgi

pytestmark = pytest.mark.once


async def asked(pages: asgi.Pages) -> tuple[int, dict[bytes, bytes]]:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(event: Any) -> None:
        sent.append(event)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [],
        "client": ["127.0.0.1", 1],
    }
    await pages(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"])


async def test_who_comes_when_all_places_are_taken_is_told_when_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free = threading.Event()
    pages = asgi.Pages()

    def answer(*_: Any) -> HttpResponse:
        assert free.wait(20)
        return HttpResponse("here")

    monkeypatch.setattr(pages, "_answer", answer)
    places = asgi.AT_WORK + asgi.WAITING
    held = [asyncio.create_task(asked(pages)) for _ in range(places)]
    try:
        for _ in range(5):
            await asyncio.sleep(0)
        assert pages.under_way == places
        status, headers = await asyncio.wait_for(asked(pages), 5)
        assert status == 503
        assert 1 <= int(headers[b"retry-after"]) <= 10
        assert headers[b"cache-control"] == b"no-store"
        assert int(headers[b"content-length"]) == len(asgi.TOO_MANY)
    finally:
        free.set()
    assert {status for status, _ in await asyncio.gather(*held)} == {200}, "who had a place is answered"
    assert pages.under_way == 0
    assert (await asked(pages))[0] == 200
