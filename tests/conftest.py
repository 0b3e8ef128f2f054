"""Three people in every test: Alice talks to Bob, and Charlie must see nothing."""

import functools
import uuid
from collections.abc import Iterator
from typing import Any, Protocol

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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--share", help="1/2 or 2/2: of the files marked `once`, every other one")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is not about the database is dealt out to the runs on each, and `once("postgresql")` is of the one on that; without
    --share all of it runs."""
    if share := config.getoption("--share"):
        turn, of = map(int, share.split("/"))
        once = {item.path: mark.args for item in items if (mark := item.get_closest_marker("once"))}
        dealt = sorted(path for path, on in once.items() if not on and "browser" in path.parts)
        elsewhere = {path for i, path in enumerate(dealt) if i % of != turn - 1}
        # Of the others the last gets one in three: on PostgreSQL, what is about the database takes longer.
        dealt = sorted(path for path, on in once.items() if not on and "browser" not in path.parts)
        elsewhere |= {path for i, path in enumerate(dealt) if (of if i % 3 == 2 else i % max(1, of - 1) + 1) != turn}
        elsewhere |= {path for path, on in once.items() if on and connection.vendor not in on}
        # What reads and writes in one transaction, by the ORM alone, is dealt by files as well.
        plain = sorted({item.path for item in items if is_plain(item) and item.path not in once})
        others = {path for i, path in enumerate(plain) if i % of != turn - 1}
        left = [item for item in items if item.path in elsewhere or (item.path in others and is_plain(item))]
        config.hook.pytest_deselected(items=left)
        gone = set(left)
        items[:] = [item for item in items if item not in gone]


def is_plain(item: pytest.Item) -> bool:
    """In chat and accounts, and neither committed nor about the database."""
    marker = item.get_closest_marker("django_db")
    committed = "transactional_db" in getattr(item, "fixturenames", ()) or bool(
        marker and marker.kwargs.get("transaction")
    )
    return item.path.parent.name in {"chat", "accounts"} and not committed and "statements" not in item.fixturenames  # type: ignore[attr-defined]


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
        if beside[-1] and connection.vendor == "postgresql":  # a server may write, and has to be waited for
            empty(self)
            return
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for table in connection.introspection.table_names(cursor):
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
    beside[-1] = "tests/browser" in request.node.nodeid or bool(request.node.get_closest_marker("waits"))


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
