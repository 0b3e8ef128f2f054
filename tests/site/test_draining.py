"""A server on its way out, as a load balancer and a log collector see it: over a real connection."""

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.browser.conftest import server_environment
from tests.servers import ChatServer, RedisServer, chat_server, redis_server

pytestmark = [pytest.mark.once("postgresql"), pytest.mark.waits, pytest.mark.processes]

TOKEN = "prometheus-knows-this-one"
SECONDS = 4


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: Any, redis: RedisServer) -> Iterator[ChatServer]:
    more = {"DRAIN_SECONDS": str(SECONDS), "METRICS_TOKEN": TOKEN, "LOG_FORMAT": "json", "LOG_LEVEL": "INFO"}
    with django_db_blocker.unblock():
        with chat_server(**server_environment(), REDIS_URL=redis.url, **more) as running:
            yield running


@pytest.fixture(autouse=True)
def _there_is_a_database(transactional_db: None) -> None:
    """It is made for tests that say so."""


def ask(server: ChatServer, path: str, **headers: str) -> tuple[int, str, Any]:
    request = urllib.request.Request(f"{server.url}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(), refused.headers


def until(server: ChatServer, status: int) -> Any:
    ends = time.monotonic() + 10
    while (found := ask(server, "/readyz"))[0] != status:
        assert time.monotonic() < ends, found
        time.sleep(0.05)
    return json.loads(found[1])


def test_a_redis_that_hangs_or_is_away_is_told_and_pages_are_there(server: ChatServer, redis: RedisServer) -> None:
    until(server, 200)
    redis.pause()
    assert until(server, 503)["why"] == {"layer": "no answer within 2 s"}
    redis.resume()
    until(server, 200)
    redis.kill()
    assert until(server, 503)["why"]["layer"].startswith("out of reach (")
    assert ask(server, "/healthz")[0] == 200
    redis.start()
    until(server, 200)


def test_it_says_no_before_its_door_is_shut_and_its_log_can_be_read(server: ChatServer) -> None:
    assert ask(server, "/readyz")[:2] == (200, '{"ready": true}\n')
    _, _, headers = ask(server, "/who@example.com?q=canary", Referer="http://x/?canary")
    status, told, _ = ask(server, "/metrics", Authorization=f"Bearer {TOKEN}")
    assert status == 200
    assert 'chatpoc_answers_total{status="404"} 1.0' in told
    assert ("chatpoc_database_pool" in told) == (connection.vendor == "postgresql")
    assert ask(server, "/metrics")[0] == 404

    began = time.monotonic()
    server.process.terminate()
    while ask(server, "/readyz")[0] == 200:
        time.sleep(0.01)
    assert json.loads(ask(server, "/readyz")[1])["why"] == {"process": "it is about to stop"}
    assert ask(server, "/healthz")[0] == 200
    assert ask(server, "/accounts/login/")[0] == 200, "who is here already is served"
    assert server.process.wait(20) == 0
    assert time.monotonic() - began >= SECONDS
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)

    lines = server.output().splitlines()
    assert [line[:20] for line in lines if not line.startswith("{")] == ["The chat is at http:"]
    events = [json.loads(line) for line in lines if line.startswith("{")]
    (answered,) = [event for event in events if event.get("request") == headers["x-request-id"] and "ms" in event]
    assert (answered["path"], answered["status"]) == ("/…", 404)
    assert not [word for word in ("canary", "example.com", TOKEN) if word in server.output()]


def test_told_twice_it_does_not_wait(server: ChatServer) -> None:
    if server.process.poll() is not None:
        server.start()
    began = time.monotonic()
    server.process.terminate()
    time.sleep(0.3)
    server.process.terminate()
    assert server.process.wait(20) == 0
    assert time.monotonic() - began < SECONDS
