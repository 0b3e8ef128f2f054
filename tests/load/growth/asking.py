"""What is asked of each, in turns: how many statements it takes, and how many milliseconds of CPU, here and in PostgreSQL."""

import statistics
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from django.db import connection
from django.test import RequestFactory

from accounts.models import User
from chat import here, receipts
from chat.fragments import MEMBERS_SHOWN
from chat.models import Membership, Room
from chat.sidebar import memberships_shown
from chatpoc.live import tags
from tests.conftest import signed_in
from tests.load.growth.fill import World

HX = {"HX-Request": "true"}
WARM = 3  # rounds that are not counted
Work = Callable[[], object]


@dataclass
class Samples:
    statements: int = 0
    ms: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.ms)


def measured(works: dict[str, dict[int, Work]], rounds: int, database: int) -> dict[str, dict[int, Samples]]:
    """Of each work, by size. `database` is PostgreSQL's process, whose children do the work."""
    found: dict[str, dict[int, Samples]] = {
        name: {size: Samples() for size in by_size} for name, by_size in works.items()
    }
    for number in range(rounds + WARM):
        backends = [child.pid for child in psutil.Process(database).children()]
        for name, by_size in works.items():
            for size, work in by_size.items():
                statements, ms = once(work, backends)
                if number >= WARM:
                    found[name][size].statements = statements
                    found[name][size].ms.append(ms)
    return found


def once(work: Work, backends: list[int]) -> tuple[int, float]:
    count = 0

    def seen_one(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal count
        count += not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"))
        return execute(sql, *rest)

    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(seen_one))
        before = time.process_time_ns() + used_by(backends)
        work()
        return count, (time.process_time_ns() + used_by(backends) - before) / 1e6


def used_by(backends: list[int]) -> int:
    """ns of CPU, all their lives."""
    found = 0
    for pid in backends:
        with suppress(FileNotFoundError, ProcessLookupError):  # it is gone: what it used goes with it
            found += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return found


class Page:
    """A browser of somebody's, and what their socket asks."""

    def __init__(self, user: User) -> None:
        self.user, self.client = user, signed_in(user)
        self.client.defaults["SERVER_NAME"] = "127.0.0.1"
        self.request: Any = RequestFactory().get("/")
        self.request.user = user

    def get(self, path: str) -> Work:
        """As a fetch, anew each time."""
        return lambda: self._well(self.client.get(path, headers=HX))

    def whole(self, path: str) -> Work:
        return lambda: self._well(self.client.get(path))

    def post(self, path: str, **fields: str) -> Work:
        return lambda: self._well(self.client.post(path, fields, headers=HX))

    def send(self, room: Room) -> Work:
        def work() -> None:
            self._well(self.client.post(path, {"body": "hello", "client_id": str(uuid.uuid4())}, headers=HX))

        path = f"/rooms/{room.pk}/messages/"
        return work

    @staticmethod
    def _well(answer: Any) -> None:
        assert answer.status_code in {200, 201, 204}, (answer.status_code, answer.content[:200])


def of_rooms(world: World) -> dict[str, dict[int, Work]]:
    page = Page(world.viewer)
    rooms = world.rooms
    late = world.crowd[-1]  # the last of the members of the large room

    def each(work: Callable[[Room], Work]) -> dict[int, Work]:
        return {size: work(room) for size, room in rooms.items()}

    def come_and_go(room: Room) -> Work:
        def work() -> None:
            Membership.objects.filter(room=room, user=late).delete()
            room.join(late)

        return work

    return {
        "the room's page": each(lambda room: page.whole(f"/rooms/{room.pk}/")),
        "a send": each(page.send),
        "the header": each(lambda room: page.get(f"/rooms/{room.pk}/header/")),
        f"the list of members, {MEMBERS_SHOWN} of them": each(lambda room: page.get(f"/rooms/{room.pk}/members/")),
        "a page of all members": each(lambda room: page.get(f"/rooms/{room.pk}/roster/")),
        "whom one may invite": each(lambda room: page.get(f"/rooms/{room.pk}/candidates/?q=mem")),
        "how many are here": each(lambda room: lambda: here.count([str(room.pk)])),
        "whether to tell who saw a message": each(lambda room: lambda: receipts.are_shown(room.pk)),
        "who saw how far": each(lambda room: lambda: receipts.receipts([str(room.pk)])),
        "somebody leaves and comes": each(come_and_go),
    }


def of_people(world: World) -> dict[str, dict[int, Work]]:
    pages = {count: Page(user) for count, user in world.people.items()}

    def each(work: Callable[[Page], Work]) -> dict[int, Work]:
        return {count: work(page) for count, page in pages.items()}

    def shown(page: Page) -> list[int]:
        return list(memberships_shown(page.user).values_list("room_id", flat=True))

    def watched(page: Page) -> set[str]:
        return {f"activity:{room}" for room in shown(page)}

    def watch(page: Page) -> Work:
        names = watched(page)
        return lambda: tags.allowed(page.user, names)

    def recheck(count: int) -> Work:
        """Of a hundred sockets; each watches what its sidebar shows."""
        asked = [(one, watched(Page(one))) for one in world.watchers[count]]
        return lambda: tags.allowed_together([(one, set(names)) for one, names in asked])

    def everything(page: Page) -> Work:
        return page.post("/conversations/read/")

    return {
        "a room's page": each(lambda page: page.whole(f"/rooms/{shown(page)[0]}/")),
        "the sidebar": each(lambda page: page.get("/conversations/")),
        "the finder, nothing typed": each(lambda page: page.get("/find/")),
        "the finder, a name": each(lambda page: page.get("/find/?q=topic+7")),
        "to watch what the sidebar shows": each(watch),
        "100 sockets looked at again": {count: recheck(count) for count in pages},
        "to have read everything": each(everything),
    }
