"""Three people in every test: Alice talks to Bob, and Charlie must see nothing."""

import functools
import gc
import os
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from django.contrib.auth.hashers import get_hasher, make_password
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.test import Client, TransactionTestCase

from accounts.middleware import noted
from accounts.models import User
from chat.models import Message, Room
from chatpoc import memory
from chatpoc.limits import buckets
from tests.servers import CHROMIUM, chromium_program

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def make_person(handle: str, name: str, *, password: str | None = None, **fields: Any) -> User:
    """Each password is hashed once a run, since a good hash costs as much as the rest of a small test."""
    user = User.objects.create_user(f"{handle}@example.com", handle, name=name, **fields)
    if password:
        user.password = hash_of(password, get_hasher().algorithm)
        user.save(update_fields=["password"])
    return user


@functools.cache
def hash_of(password: str, algorithm: str) -> str:
    return make_password(password, hasher=algorithm)


def pytest_collection_finish() -> None:
    """What is there stays there: the collector need not look at it after every few hundred objects."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@pytest.fixture(autouse=True)
def _fresh_settings(request: pytest.FixtureRequest, settings: Any, tmp_path: Any) -> None:
    if "tests/browser" not in request.node.nodeid:  # there a server with its own settings checks the passwords
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # 1 ms instead of 60
    settings.LIVE_OUTBOX = settings.LIVE_OUTBOX and "tests/browser" in request.node.nodeid  # where a server reads it
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    for alias in caches:
        caches[alias].clear()
    buckets.here.forget()
    memory.forget_all()


READY = "('Moderators', 'Administrators')"  # groups that the migrations made
KEPT = {
    "django_migrations": "TRUE",
    "django_content_type": "TRUE",
    "auth_permission": "TRUE",
    "auth_group": f"name IN {READY}",
    "auth_group_permissions": f"group_id IN (SELECT id FROM auth_group WHERE name IN {READY})",  # noqa: S608
}


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_quickly(beside: list[bool]) -> Iterator[None]:
    """After a test whose writes are committed: PostgreSQL takes long to truncate forty tables, and Django to make again what a
    migration made, under other ids than a server beside the tests remembers."""
    test_case: Any = TransactionTestCase
    empty = test_case._fixture_teardown

    def empty_soon(self: TransactionTestCase) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                tables = set(connection.introspection.table_names(cursor))
                if beside[-1] and connection.vendor == "postgresql":  # a server may write, and has to be waited for
                    cursor.execute(f"TRUNCATE {', '.join(sorted(tables - KEPT.keys()))}")
                    tables &= KEPT.keys()
                for table in tables:
                    cursor.execute(f"DELETE FROM {table} WHERE NOT ({KEPT.get(table, 'FALSE')})")  # noqa: S608
        except DatabaseError:  # somebody wrote meanwhile
            empty(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(test_case, "_fixture_teardown", empty_soon)
        yield


@pytest.fixture(scope="session")
def beside() -> list[bool]:
    """The last says whether servers of other processes may write beside this test."""
    return [False]


@pytest.fixture(autouse=True)
def _servers_beside(request: pytest.FixtureRequest, beside: list[bool]) -> None:
    waits, processes = (request.node.get_closest_marker(name) for name in ("waits", "processes"))
    elsewhere = waits and "tests/live/" not in request.node.nodeid  # those of the engine have all of it in this process
    beside[-1] = "tests/browser" in request.node.nodeid or bool(elsewhere or processes)


@pytest.fixture
def alice(db: None) -> User:
    return make_person("alice", "Alice Moreau", password="wonderland-9")


@pytest.fixture
def bob(db: None) -> User:
    return make_person("bob", "Bob Okafor", password="builder-2000")


@pytest.fixture
def charlie(db: None) -> User:
    return make_person("charlie", "Charlie Lindqvist", password="chocolate-7")


@pytest.fixture
def direct(alice: User, bob: User) -> Room:
    """The conversation of Alice and Bob."""
    return Room.objects.direct(alice, bob)


@pytest.fixture
def as_alice(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def as_bob(bob: User) -> Client:
    return signed_in(bob)


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    return signed_in(charlie)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    caches["default"].set(noted(str(client.session.session_key)), 1)  # else the first request would write when it came
    return client


def prove(client: Client, password: str = "wonderland-9") -> None:  # noqa: S107
    """What changes who gets into an account asks for the password once more."""
    assert client.post("/accounts/reauthenticate/", {"password": password}).status_code == 302


class Say(Protocol):
    def __call__(self, room: Room, author: User, body: str = ..., client_id: uuid.UUID | None = ...) -> Message: ...


@pytest.fixture
def say(db: None) -> Say:
    def post(room: Room, author: User, body: str = "hello", client_id: uuid.UUID | None = None) -> Message:
        return room.post(author=author, client_id=client_id or uuid.uuid4(), body=body)

    return post


class Statements:
    """The statements that reach the database, without those that only begin and end a transaction."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")):
            self.seen.append(sql)
        return execute(sql, params, many, context)

    @property
    def writes(self) -> list[str]:
        return [sql for sql in self.seen if not sql.startswith("SELECT")]


@pytest.fixture
def statements(db: None) -> Iterator[Statements]:
    seen = Statements()
    with connection.execute_wrapper(seen):
        yield seen


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """One for all of a run: Playwright can be started once in a thread."""
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # its loop runs in this thread; rows are made beside it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=CHROMIUM)
        yield browser
        browser.close()
