"""PostgreSQL stops, comes back, and is in use up to the last connection: nobody gets a 500, and afterwards all goes on."""

import json
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from chatpoc.live.rechecks import COME_AGAIN
from tests.database.chat_of_alice import Chat, chat_of_alice
from tests.servers import PostgresServer, postgres, redis_server

pytestmark = [
    pytest.mark.waits,
    pytest.mark.processes,
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="in the run on PostgreSQL, which has this server installed"
    ),
]

SAID = "what Alice wrote, and nobody else may read"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="module")
def chat(server: PostgresServer) -> Iterator[Chat]:
    with (
        redis_server() as redis,
        chat_of_alice(DATABASE_URL=server.url, REDIS_URL=redis.url, DATABASE_POOL="2") as chat,
    ):
        yield chat


@pytest.fixture(autouse=True)
def _nothing_else_is_logged(chat: Chat) -> Iterator[None]:
    before = len(chat.server.output())
    yield
    log = chat.server.output()[before:]
    assert "Traceback" not in log
    assert SAID not in log
    assert "Internal Server Error" not in log


def assert_all_is_well(chat: Chat, *, within: float) -> None:
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        if all(answer.status < 400 for answer in chat.all_at_once().values()) and chat.watch() is None:
            return
    raise AssertionError("it does not go on by itself")


def test_one_that_was_restarted_is_noticed_by_nobody(chat: Chat, server: PostgresServer) -> None:
    assert chat.send(SAID, uuid.uuid4()).status == 201
    server.stop()
    server.start()
    assert chat.send(SAID, uuid.uuid4()).status == 201
    assert {name: answer.status for name, answer in chat.all_at_once().items()} == {
        "a page": 200,
        "the admin": 200,
        "a log-in": 302,
        "a fragment": 200,
        "what was said": 200,
        "read marks": 204,
    }


def test_while_it_is_away_all_are_told_to_come_again_and_then_all_is_well(chat: Chat, server: PostgresServer) -> None:
    client_id = uuid.uuid4()
    server.stop()
    with ThreadPoolExecutor(4) as pool:
        answers = pool.submit(chat.all_at_once)
        closed = pool.submit(chat.watch)
        sent, typed = (pool.submit(chat.send, SAID, client_id, fetch=fetch) for fetch in (True, False))
        assert {name: answer.status for name, answer in answers.result().items() if not answer.comes_again} == {}
        assert sent.result().comes_again
        assert typed.result().comes_again
        assert SAID in typed.result().text
        assert closed.result() == COME_AGAIN
    server.start()
    assert chat.ask(f"{chat.room}header/").status == 200, "the first who comes"
    assert chat.send(SAID, client_id).status == chat.send(SAID, client_id).status == 201
    assert chat.messages().count(f"m-{client_id}") == 1
    assert_all_is_well(chat, within=5)


def test_a_load_balancer_is_told_when_it_is_away_and_when_it_hangs(chat: Chat, server: PostgresServer) -> None:
    assert chat.ask("/readyz").status == 200
    server.stop()
    within(chat, 10, 503)
    server.start()
    within(chat, 10, 200)
    server.pause()
    try:
        within(chat, 10, 503)
        began = time.monotonic()
        answers = [chat.ask("/readyz") for _ in range(20)]
        assert time.monotonic() - began < 20, "nobody waits for one that was asked already"
        assert {answer.status for answer in answers} == {503}
        assert json.loads(answers[-1].text)["why"]["database"] == "no answer within 2 s"
        assert chat.ask("/healthz").text == "alive\n"
    finally:
        server.resume()
    within(chat, 10, 200)
    assert_all_is_well(chat, within=5)


def within(chat: Chat, seconds: float, status: int) -> None:
    ends = time.monotonic() + seconds
    while (found := chat.ask("/readyz")).status != status:
        assert time.monotonic() < ends, found
        assert "chat@" not in found.text + str(found.headers), "whose database it is"
        time.sleep(0.1)


def test_a_room_that_somebody_holds_does_not_keep_all_connections(chat: Chat, server: PostgresServer) -> None:
    """Who writes to it waits for it with a connection, and this process has just two."""
    ids = [uuid.uuid4() for _ in range(2)]
    with psycopg.connect(server.url) as other, ThreadPoolExecutor(2) as pool:
        other.execute("SELECT * FROM chat_room FOR UPDATE")
        sent = [pool.submit(chat.send, SAID, client_id) for client_id in ids]
        time.sleep(1)
        asked = (chat.ask(chat.room).status for _ in range(3))  # a busy machine may say once that one should come again
        assert 200 in asked, "when those who wait have waited long enough"
        assert all(one.result().comes_again for one in sent)
    assert [chat.send(SAID, client_id).status for client_id in ids] == [201] * 2
    assert_all_is_well(chat, within=5)


def test_it_stops_although_its_database_does_not_answer(chat: Chat, server: PostgresServer) -> None:
    client_id = uuid.uuid4()
    assert all(answer.status < 400 for answer in chat.all_at_once().values()), "it has connections"
    server.pause()
    try:
        with ThreadPoolExecutor(3) as pool:
            sent = [pool.submit(chat.send, SAID, client_id) for _ in range(3)]
            time.sleep(0.5)
            began = time.monotonic()
            assert chat.server.stop() == 0
            stopped = time.monotonic() - began
            assert all(one.exception() or one.result().status == 503 for one in sent)
    finally:
        server.resume()
    assert stopped < 12, "5 s to finish, 1 to be told to end, 2 to say goodbye; and a machine that is busy"
    chat.server.start()
    assert chat.send(SAID, client_id).status == 201
    assert chat.messages().count(f"m-{client_id}") == 1
