"""People and rooms for the pages, who looks at them, and one question to a view with what must be true of every answer."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import caches
from django.db import transaction
from django.test import Client, TestCase
from django.test.client import ClientHandler

from accounts.models import User
from chat.models import Room
from tests.conftest import make_person, prove, signed_in
from tests.fuzzing.texts import TAGS, assert_no_canary_lives

SLOW = 2.0  # seconds of this process for an answer
ROLES = ["anonymous", "member", "staff"]
UNTIDY = "an answer that the chat does not give"
STATUSES = {200, 201, 204, 206, 301, 302, 303, 304, 400, 401, 403, 404, 405, 409, 413, 415, 416, 422, 429}
HANDLER = ClientHandler(
    enforce_csrf_checks=False
)  # one for all: its middleware looks at every static file when it is made


@dataclass
class Scene:
    """Alice moderates a room, is in a conversation with Bob, and said something in each; Sue may do everything."""

    people: dict[str, User] = field(default_factory=dict)
    rooms: list[Room] = field(default_factory=list)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """A browser of this role as it was at first, whatever the one before did to its session."""
        client = Client(headers={"User-Agent": f"Mozilla/5.0 {TAGS[0]}"})
        client.handler = HANDLER
        for name, value in self.cookies[role].items():
            client.cookies[name] = value
        return client

    def numbers(self) -> dict[str, list[str]]:
        """What the parts of addresses may be, so that something is there."""
        rooms = [str(room.pk) for room in self.rooms]
        people = [str(person.pk) for person in self.people.values()]
        return {
            "room_id": rooms,
            "person_id": people,
            "seq": ["1", "2"],
            "people": [",".join(people)],
            "object_id": rooms + people,
        }


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """For all tests of a module, each of which takes back what it wrote."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield arranged()
        transaction.set_rollback(True)


def arranged() -> Scene:
    scene = Scene()
    for handle in ("alice", "bob"):
        scene.people[handle] = make_person(handle, handle.title(), password="wonderland-9", bio=TAGS[1])
    scene.people["sue"] = make_person("sue", "Sue", password="wonderland-9", is_staff=True, is_superuser=True)
    alice, bob = scene.people["alice"], scene.people["bob"]
    scene.rooms = [
        Room.objects.open_by(alice, kind="open", name=f"Open {TAGS[0]}", subject=TAGS[1]),
        Room.objects.open_by(alice, kind="closed", name="Closed"),
        Room.objects.direct(alice, bob),
    ]
    scene.rooms[0].join(scene.people["sue"])
    for room in scene.rooms:
        for body in (TAGS[0], "https://example.com/ **x**"):
            room.post(author=alice, client_id=uuid.uuid4(), body=body)
    scene.cookies = {"anonymous": {}} | {
        role: {name: morsel.value for name, morsel in _proven(scene.people[who]).cookies.items()}
        for role, who in (("member", "alice"), ("staff", "sue"))
    }
    return scene


def _proven(person: User) -> Client:
    client = signed_in(person)
    prove(client)
    return client


@contextmanager
def undone() -> Iterator[None]:
    """What is written within is taken back at the end, after all that a commit would start."""
    for alias in caches:
        caches[alias].clear()  # no limit on guesses, nothing remembered
    with transaction.atomic():
        with TestCase.captureOnCommitCallbacks(execute=True):
            yield
        transaction.set_rollback(True)


def ask(client: Client, method: str, address: str, check: Callable[[], None], **request: Any) -> Any:
    """The answer, if it is one that the chat may give: soon, without an error, and with nothing that came in as a tag."""
    started = time.process_time()
    answer = client.generic(method, address, **request)
    took = time.process_time() - started
    assert answer.status_code in STATUSES, UNTIDY
    assert took < SLOW, f"{took:.1f} s"
    check()
    if answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
        assert_no_canary_lives(answer.content.decode())
    for name, value in answer.items():
        assert "\n" not in value, f"the header {name} is two"
    return answer
