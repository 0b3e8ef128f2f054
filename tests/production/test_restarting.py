"""Processes are restarted one after the other while people chat: nobody meets an error, and nothing is lost."""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPException

import psycopg
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import bodies, watching
from tests.production.asking import Answer, Visitor
from tests.production.conftest import Browse
from tests.production.made import Made
from tests.production.shape import Shape

pytestmark = [pytest.mark.browser, pytest.mark.waits, pytest.mark.processes, pytest.mark.once("postgresql")]

BUSY = "busy"  # 503 in the chat's own words, of a database on a machine that does too much; nginx' 503 has others
WRITERS, READERS = 4, 2
PAUSE = 0.15  # seconds between two requests of one of them


class Load:
    """People who write and people who turn pages, each on a connection to nginx that stays open."""

    def __init__(self, shape: Shape, made: Made) -> None:
        self.shape, self.made = shape, made
        self.statuses: Counter[tuple[str, int | str]] = Counter()
        self.sent: set[str] = set()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=(("alice", "bob")[i % 2],)) for i in range(WRITERS)]
        self.threads += [threading.Thread(target=self._read, args=("bob",)) for _ in range(READERS)]

    def _write(self, handle: str) -> None:
        """As static/js/postman.js does: a letter that the chat has no time for is sent once more, by the same name."""
        with Visitor(self.shape, self.made.people[handle].session) as visitor:
            while not self.over.is_set():
                name = str(uuid.uuid4())
                fields = {"body": f"{handle} says {name}", "client_id": name}
                send = partial(visitor.post, f"/rooms/{self.made.room}/messages/", fields, HX_Request="true")
                while (status := self._asked("send", visitor, send)) == BUSY:
                    pass
                if status == 201:
                    self.sent.add(name)

    def _read(self, handle: str) -> None:
        paths = [f"/rooms/{self.made.room}/", "/", "/people/", f"/accounts/pictures/{self.made.picture}-48.webp"]
        with Visitor(self.shape, self.made.people[handle].session) as visitor:
            while not self.over.is_set():
                self._asked("page", visitor, partial(visitor.ask, random.choice(paths)))

    def _asked(self, what: str, visitor: Visitor, ask: Callable[[], Answer]) -> int | str:
        try:
            answer = ask()
            own = answer.status == 503 and "just starting" not in answer.text
            status: int | str = BUSY if own else answer.status
        except (OSError, HTTPException) as error:
            status = type(error).__name__
            visitor.wire.close()
        self.statuses[what, status] += 1
        time.sleep(PAUSE)
        return status

    @contextmanager
    def running(self) -> Iterator[None]:
        for thread in self.threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in self.threads:
                thread.join(60)


def in_the_database(shape: Shape, made: Made) -> list[tuple[str, str, int]]:
    with psycopg.connect(shape.straight) as session:
        asked = "SELECT client_id::text, body, seq FROM chat_message WHERE room_id = %s ORDER BY seq"
        return [(name, body, seq) for name, body, seq in session.execute(asked, [made.room])]


def test_a_rolling_restart_loses_no_message_and_fails_no_page(shape: Shape, made: Made, browse: Browse) -> None:
    page = browse("bob", f"/rooms/{made.room}/")
    watching(page, f"room:{made.room}")
    load = Load(shape, made)
    with load.running():
        time.sleep(0.5)
        for unit in shape.units:
            assert unit.restart() == 0
            time.sleep(0.5)
    busy = {("send", BUSY), ("page", BUSY)}
    assert set(load.statuses) - busy == {("send", 201), ("page", 200)}, load.statuses
    rows = in_the_database(shape, made)
    assert load.sent <= {name for name, _, _ in rows}
    assert len({name for name, _, _ in rows}) == len(rows)
    assert [seq for _, _, seq in rows] == list(range(1, len(rows) + 1))
    last = [body for _, body, _ in rows[-20:]]
    expect(page.get_by_text(last[-1], exact=True)).to_be_visible()
    assert bodies(page)[-20:] == last, "an open page followed, over both restarts"
    print(f"\nRolling restart: {dict(load.statuses)}")
