"""/healthz and /readyz: asked by programs, before Django, and by anybody as often as they like."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from chatpoc import readiness
from chatpoc.asgi import application
from chatpoc.live.heartbeat import DEAF, Heartbeat
from chatpoc.live.hub import Hub
from chatpoc.readiness import Check
from tests.site.test_static_files import ask

asgi: Any = application


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What was found for another test is good for a second."""
    monkeypatch.setattr(readiness, "KEPT", 0)
    monkeypatch.setattr(readiness, "_complete", [False])
    yield
    readiness._draining[0] = False


def ready() -> tuple[int, Any]:
    status, headers, body = ask(asgi, "/readyz")
    assert headers["content-type"] == "application/json"
    return status, json.loads(body)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_is_alive_by_any_name_without_tls_and_without_a_database(settings: Any, method: str) -> None:
    """Without the fixture `db` a test that asks the database fails."""
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["chat.example.org"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    status, headers, body = ask(asgi, "/healthz", method, host="10.0.0.7:8000")
    assert (status, body) == (200, b"alive\n" if method == "GET" else b"")
    assert headers["cache-control"] == "no-store"
    assert headers["content-length"] == "6"
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers


def test_that_takes_microseconds() -> None:
    async def often() -> float:
        async def send(_event: Any) -> None: ...

        scope = {"type": "http", "method": "GET", "path": "/healthz", "headers": []}
        began = time.process_time()
        for _ in range(2000):
            await asgi(scope, None, send)
        return (time.process_time() - began) / 2000

    assert asyncio.run(often()) < 200e-6


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_for_another_method_nothing_is_there(path: str, db: None) -> None:
    status, headers, _ = ask(asgi, path, "POST")
    assert status in {403, 404}
    assert "text/html" in headers["content-type"], "it came as far as Django"


def test_with_all_that_it_needs_it_is_ready(transactional_db: None) -> None:
    assert ready() == (200, {"ready": True})


def test_a_migration_that_is_missing_keeps_people_away(transactional_db: None) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("chat", "0001_initial")
    try:
        assert ready() == (503, {"ready": False, "why": {"migrations": "1 to be applied: manage.py migrate"}})
    finally:
        recorder.record_applied("chat", "0001_initial")
    assert ready()[0] == 200


def test_the_migrations_are_those_that_django_knows() -> None:
    assert readiness._known() == set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def test_what_a_database_says_of_itself_is_not_told(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> str:
        raise OperationalError("connection to postgres://chat:canary@10.0.0.9 failed")

    monkeypatch.setattr(readiness, "_database", away)
    status, told = ready()
    assert (status, told["why"]) == (503, {"database": "out of reach (OperationalError)"})


def test_nor_what_a_layer_says(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Shard:
        async def publish(self, channel: str, message: bytes) -> None:
            raise ConnectionError("Error 111 connecting to redis://:canary@10.0.0.9")

    layer = SimpleNamespace(_get_layer=lambda: SimpleNamespace(_shards=[Shard()]))
    monkeypatch.setattr("chatpoc.live.reaching.get_channel_layer", lambda: layer)
    assert ready() == (503, {"ready": False, "why": {"layer": "out of reach (ConnectionError)"}})


def test_a_layer_that_takes_everything_and_brings_nothing_back_is_noticed(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    heart = Heartbeat(None, 0, ("", ""), lambda: None)
    heart.sent, heart.heard = 9, 10 - DEAF
    hub: Any = SimpleNamespace(hears_itself=lambda: Hub.hears_itself(hub), _tasks=[None])
    hub.subscriptions = SimpleNamespace(channel="ours")
    hub.shards = SimpleNamespace(all=[SimpleNamespace(heart=heart)])
    monkeypatch.setattr("chatpoc.live.reaching.running_hub", lambda: hub)
    assert ready()[0] == 200, "one or two beats may be late"
    heart.heard = 9 - DEAF
    assert ready() == (503, {"ready": False, "why": {"layer": "what this process sends does not come back to it"}})


def test_while_it_drains_it_says_so_and_is_alive(transactional_db: None) -> None:
    readiness.drain()
    assert ready() == (503, {"ready": False, "why": {"process": "it is about to stop"}})
    assert ask(asgi, "/healthz")[0] == 200


async def test_one_that_hangs_is_not_waited_for_and_keeps_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "TIMEOUT", 0.1)
    released, asked = threading.Event(), []

    async def hang() -> str:
        asked.append(1)
        await asyncio.to_thread(released.wait, 10)
        return ""

    check = Check(hang)
    began = time.monotonic()
    assert await check.trouble() == "no answer within 0.1 s"
    for _ in range(100):
        assert await check.trouble() == "no answer within 0.1 s"
    assert time.monotonic() - began < 5, "who comes later does not wait at all"
    assert len(asked) == 1
    released.set()
    await asyncio.sleep(0.1)
    assert await check.trouble() == ""


async def test_a_flood_asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "KEPT", 60)
    asked: list[int] = []

    async def ask_slowly() -> str:
        asked.append(1)
        await asyncio.sleep(0.05)
        return "no" if len(asked) == 1 else ""

    check = Check(ask_slowly)
    assert set(await asyncio.gather(*(check.trouble() for _ in range(500)))) == {"no"}
    assert {await check.trouble() for _ in range(500)} == {"no"}
    assert len(asked) == 1
    monkeypatch.setattr(readiness, "KEPT", 0)
    assert await check.trouble() == ""
    assert len(asked) == 2
