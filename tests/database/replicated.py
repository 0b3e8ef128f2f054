"""A chat with a primary and a streaming replica, which a test may hold up."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

import psycopg

from tests.database.chat_of_alice import Chat
from tests.servers import PostgresServer

TOKEN = "prometheus-knows-this-one"
MANY = 200  # messages that there are
SAY = """
INSERT INTO chat_message (room_id, seq, version, author_id, client_id, body, created_at, deleted_because, event)
SELECT {room}, n, n, direct_{whose}_id, gen_random_uuid(), 'number-' || n || '.', now() - interval '9 days', '', ''
FROM generate_series({first}, {last}, 2) n, chat_room WHERE id = {room}
"""


class Replicated:
    def __init__(self, primary: PostgresServer, replica: PostgresServer, chat: Chat) -> None:
        self.primary, self.replica, self.chat = primary, replica, chat
        self.number = int(chat.topic.partition(":")[2])
        room = {"room": self.number}
        self.write(
            SAY.format(whose="low", first=1, last=MANY, **room), SAY.format(whose="high", first=2, last=MANY, **room)
        )
        self.write(f"UPDATE chat_room SET last_seq = {MANY}, version = {MANY} WHERE id = {self.number}")  # noqa: S608

    def write(self, *statements: str) -> None:
        self._run(self.primary, *statements)

    @staticmethod
    def _run(server: PostgresServer, *statements: str) -> list[tuple[object, ...]]:
        with psycopg.connect(server.url, autocommit=True) as connection:
            answers = [connection.execute(statement.encode()) for statement in statements]
            return [row for answer in answers if answer.description for row in answer]

    @contextmanager
    def lagging(self) -> Iterator[None]:
        self.catch_up()
        self._run(self.replica, "SELECT pg_wal_replay_pause()")
        wait_for(lambda: self._run(self.replica, "SELECT pg_get_wal_replay_pause_state()") == [("paused",)])
        try:
            yield
        finally:
            self._run(self.replica, "SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        [at] = self._run(self.primary, "SELECT pg_current_wal_lsn()::text")
        wait_for(lambda: self._run(self.replica, f"SELECT pg_last_wal_replay_lsn() >= '{at[0]}'") == [(True,)])

    def read_from(self) -> dict[str, int]:
        """How often the replica answered, was behind, or away."""
        request = Request(f"{self.chat.server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        with urlopen(request) as answer:
            found = re.findall(
                r'^chatpoc_replica_reads_total\{answer="(\w+)"\} (\d+)', answer.read().decode(), re.MULTILINE
            )
        return {name: int(count) for name, count in found}

    def where(self, path: str) -> tuple[str, str]:
        """What a page of the past says, and who was asked for it."""
        before = self.read_from()
        answer = self.chat.ask(self.chat.room + path, fetch="messages/?" in path)
        assert answer.status == 200, self.chat.server.output()[-2000:]
        moved = [name for name, count in self.read_from().items() if count > before.get(name, 0)]
        return answer.text, " ".join(moved)

    def said(self, text: str) -> list[int]:
        return sorted(int(number) for number in re.findall(r"number-(\d+)\.", text))


def wait_for(what: Callable[[], bool], seconds: float = 15) -> float:
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, "it does not happen"
        time.sleep(0.05)
    return time.monotonic() - began
