"""Which tags each kind of write makes stale, how often, and that a rollback leaves none. Real commits, on both databases."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, Permission
from django.core.cache import caches
from django.db import connection, connections, transaction
from django.db.models import F
from django.test import Client

from accounts.models import User
from chat.marks import see
from chat.models import Membership, Message, Room
from chatpoc import live
from tests.conftest import make_person, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

Commits = list[set[str]]


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch, db_rows: None) -> Commits:
    """What was invalidated, one set for each time."""
    seen: Commits = []

    def note(tags: set[str]) -> None:
        if shown := {tag for tag in tags if not tag.startswith("access")}:
            seen.append(shown)

    monkeypatch.setattr("chatpoc.live.capture.invalidate", note)
    return seen


@pytest.fixture
def db_rows(transactional_db: None, direct: Room) -> None:
    """Alice, Bob and their conversation, written before anybody listens."""


@pytest.fixture
def room(direct: Room) -> Room:
    return direct


def a_group() -> None:
    Group.objects.create(name="nobody shows groups")


def rolled_back() -> None:
    User.objects.update(name="never")
    raise ZeroDivisionError


async def rename(user: User) -> None:
    await User.objects.filter(pk=user.pk).aupdate(name="async")
    await sync_to_async(connections.close_all)()


def in_thread(work: Callable[[], object]) -> None:
    def job() -> None:
        work()
        connection.close()

    thread = threading.Thread(target=job)
    thread.start()
    thread.join()


WRITES: dict[str, tuple[Callable[[User, User, Room], object], list[str]]] = {
    "save": (lambda a, b, r: a.save(), ["people:A"]),
    "save of named fields": (lambda a, b, r: a.save(update_fields=["name"]), ["people:A"]),
    "save of what nobody shows": (lambda a, b, r: a.save(update_fields=["last_login"]), []),
    "create": (lambda a, b, r: make_person("carol", "Carol"), ["people:NEW"]),
    "get_or_create that creates": (
        lambda a, b, r: User.objects.get_or_create(handle="carol", defaults={"email": "c@x.org", "name": "C"}),
        ["people:NEW"],
    ),
    "get_or_create that gets": (lambda a, b, r: User.objects.get_or_create(handle="alice"), []),
    "update_or_create": (lambda a, b, r: User.objects.update_or_create(handle="bob", defaults={"name": "B"}), ["people:B"]),
    "bulk_create": (lambda a, b, r: User.objects.bulk_create([User(email="x@x.org", handle="xxx", name="X")]), ["people"]),
    "bulk_create over conflicts": (
        lambda a, b, r: User.objects.bulk_create([User(email="x@x.org", handle="alice", name="X")], ignore_conflicts=True),
        ["people"],
    ),
    "bulk_update": (lambda a, b, r: User.objects.bulk_update([a, b], ["name"]), ["people"]),
    "QuerySet.update": (lambda a, b, r: User.objects.filter(pk=a.pk).update(name="Z"), ["people"]),
    "an update that finds no row": (lambda a, b, r: User.objects.filter(pk=-1).update(name="Z"), []),
    "an update with F()": (lambda a, b, r: Room.objects.update(last_at=F("created_at")), ["rooms", "activity", "openrooms"]),
    "delete": (lambda a, b, r: a.memberships.get().delete(), ["members:R", "conversations:A", "notify:A"]),
    "QuerySet.delete": (
        lambda a, b, r: Membership.objects.filter(user=a).delete(),
        ["members", "conversations", "notify", "openrooms"],
    ),
    "cascade": (lambda a, b, r: r.delete(), ["rooms:R", "activity:R", "members", "conversations", "notify", "openrooms"]),
    "a row that moves to another tag": (
        lambda a, b, r: _move(Membership.objects.get(user=a), Room.objects.lobby()),
        ["rooms:L", "activity:L", "openrooms:L", "members:R", "members:L", "conversations:A", "notify:A"],
    ),
    "a room that opens": (lambda a, b, r: _turn(_closed_room(), "open"), ["rooms:N", "activity:N", "openrooms:N"]),
    "an open room that closes": (
        lambda a, b, r: _turn(Room.objects.lobby(), "closed"),
        ["rooms:L", "activity:L", "openrooms:L"],
    ),
    "a closed room that changes": (lambda a, b, r: _closed_room().save(), ["rooms:N", "activity:N"]),
    "who comes into a closed room": (
        lambda a, b, r: _closed_room().join(a),
        ["rooms:N", "activity:N", "members:N", "conversations:A", "notify:A"],
    ),
    "who comes into a room that has opened since it was read": (
        lambda a, b, r: _room_that_opened().join(a),
        ["rooms:N", "activity:N", "rooms", "activity", "openrooms", "openrooms:N", "members:N", "conversations:A", "notify:A"],
    ),
    "a name for a room that has opened since it was read": (
        lambda a, b, r: _room_that_opened().save(update_fields=["name"]),
        ["rooms:N", "activity:N", "rooms", "activity", "openrooms", "openrooms:N"],
    ),
    "m2m of another package": (lambda a, b, r: a.user_permissions.add(_permission()), ["people"]),
    "m2m of another package, other way round": (lambda a, b, r: _group().user_set.add(a), ["people"]),
    "m2m that holds nothing": (lambda a, b, r: a.groups.clear(), []),
    "m2m through a model": (
        lambda a, b, r: Room.objects.lobby().members.add(a),
        ["rooms:L", "activity:L", "openrooms:L", "members", "conversations", "notify", "openrooms"],
    ),
    "allauth's own": (lambda a, b, r: EmailAddress.objects.create(user=a, email="two@x.org"), []),
    "raw SQL": (lambda a, b, r: _sql("update accounts_user set name = 'raw'"), ["people"]),
    "raw SQL, quoted and schema'd names": (lambda a, b, r: _sql('UPDATE "accounts_user" SET name = name'), ["people"]),
    "raw SQL behind a comment": (
        lambda a, b, r: _sql("/* hint */ DELETE FROM chat_membership"),
        ["members", "conversations", "notify", "openrooms"],
    ),
    "executemany": (
        lambda a, b, r: _sql_many("UPDATE accounts_user SET name = %s WHERE id = %s", [("x", a.pk), ("y", b.pk)]),
        ["people"],
    ),
    "a CTE": (
        lambda a, b, r: _sql("WITH x AS (SELECT 1) UPDATE accounts_user SET name = 'cte' WHERE id IN (SELECT * FROM x)"),
        ["people"],
    ),
    "a SELECT that only mentions a write": (lambda a, b, r: _sql("SELECT 'UPDATE accounts_user'"), []),
    "a table that nobody shows": (lambda a, b, r: a_group(), []),
    "exactly": (lambda a, b, r: _exactly("people:7", lambda: User.objects.update(name="Z")), ["people:7"]),
    "exactly nothing": (lambda a, b, r: _exactly(None, a.save), []),
    "a thread": (lambda a, b, r: in_thread(lambda: User.objects.update(name="T")), ["people"]),
    "the async ORM": (lambda a, b, r: asyncio.run(rename(a)), ["people"]),
    "a send": (lambda a, b, r: r.post(author=a, client_id=uuid4(), body="x"), []),
    "a read mark": (lambda a, b, r: _read(r, of=a, by=b), ["conversations:B"]),
}  # fmt: skip


def _read(room: Room, *, of: User, by: User) -> None:
    room.post(author=of, client_id=uuid4(), body="x")
    see(by, room.pk, 1, known=0)


def _move(membership: Membership, room: Room) -> None:
    membership.room = room
    membership.save()


def _closed_room() -> Room:
    room: Room = Room.objects.create(kind="closed", name="Closed")
    return room


def _room_that_opened() -> Room:
    """A copy that knows nothing of it."""
    room = _closed_room()
    Room.objects.filter(pk=room.pk).update(kind="open")
    return room


def _turn(room: Room, kind: str) -> None:
    room.kind = kind
    room.save(update_fields=["kind"])


def _permission() -> Permission:
    return Permission.objects.get(codename="change_user")


def _group() -> Any:
    return Group.objects.create(name="moderators")


def _exactly(tag: str | None, work: Callable[[], object]) -> None:
    with live.exactly(*([tag] if tag else [])):
        work()


def _sql(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _sql_many(sql: str, rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def named(tags: list[str], alice: User, bob: User, room: Room) -> set[str]:
    new = User.objects.exclude(pk__in=[alice.pk, bob.pk]).values_list("pk", flat=True).first()
    lobby = Room.objects.filter(is_lobby=True).values_list("pk", flat=True).first()
    made = Room.objects.exclude(pk=room.pk).values_list("pk", flat=True).first()
    ids = {"A": alice.pk, "B": bob.pk, "R": room.pk, "NEW": new, "L": lobby, "N": made}
    return {f"{type_}:{ids.get(id_, id_)}" if id_ else type_ for type_, _, id_ in (tag.partition(":") for tag in tags)}


@pytest.mark.parametrize("write", WRITES)
def test_a_write_makes_stale_just_its_tags(write: str, commits: Commits, alice: User, bob: User, room: Room) -> None:
    work, expected = WRITES[write]
    if write == "cascade":
        room_pk = room.pk
        work(alice, bob, room)
        room.pk = room_pk
    else:
        work(alice, bob, room)
    assert set().union(*commits) == named(expected, alice, bob, room)


@pytest.mark.parametrize("write", sorted(set(WRITES) - {"a thread", "the async ORM", "cascade"}))
def test_in_one_transaction_each_tag_leaves_once_and_after_the_commit(
    write: str, commits: Commits, alice: User, bob: User, room: Room
) -> None:
    work, expected = WRITES[write]
    with transaction.atomic():
        work(alice, bob, room)
        assert commits == []
    flat = [tag for commit in commits for tag in commit]
    assert sorted(flat) == sorted(named(expected, alice, bob, room))


@pytest.mark.parametrize("write", sorted(set(WRITES) - {"a thread", "the async ORM", "cascade"}))
def test_what_is_rolled_back_makes_nothing_stale(
    write: str, commits: Commits, alice: User, bob: User, room: Room
) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        WRITES[write][0](alice, bob, room)
        raise ZeroDivisionError
    assert commits == []


def test_a_rolled_back_savepoint_leaves_what_stands_around_it(commits: Commits, alice: User, room: Room) -> None:
    with transaction.atomic():
        alice.save()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            rolled_back()
        with transaction.atomic():
            room.save()
        alice.save()
    assert sorted(tag for commit in commits for tag in commit) == sorted(
        [f"people:{alice.pk}", f"rooms:{room.pk}", f"activity:{room.pk}"]
    )


def test_the_same_tag_again_after_a_rolled_back_savepoint(commits: Commits, alice: User) -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            rolled_back()
        User.objects.update(name="kept")
    assert commits == [{"people"}]


def test_a_savepoint_of_an_outer_rollback_leaves_nothing(commits: Commits, alice: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        with transaction.atomic():
            alice.save()
        raise ZeroDivisionError
    assert commits == []


def test_a_statement_that_fails_makes_nothing_stale(commits: Commits, alice: User) -> None:
    with pytest.raises(Exception, match=r"accounts_user|no such"):
        _sql("UPDATE accounts_user SET nonsense = 1")
    assert commits == []


def test_a_write_in_an_on_commit_hook_is_seen_too(commits: Commits, alice: User, bob: User) -> None:
    with transaction.atomic():
        alice.save()
        transaction.on_commit(bob.save)
    assert commits == [{f"people:{alice.pk}"}, {f"people:{bob.pk}"}]


def test_many_rows_in_one_transaction_are_one_hook(commits: Commits, alice: User) -> None:
    with transaction.atomic():
        for _ in range(200):
            alice.save(update_fields=["name"])
        assert len(connection.run_on_commit) == 1
    assert commits == [{f"people:{alice.pk}"}]


def test_the_admin_s_own_writes_are_seen(commits: Commits, alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    admin: Client = signed_in(alice)
    commits.clear()
    fields = {"name": "Robert", "handle": "bob", "email": "bob@example.com", "is_active": "on"}
    assert admin.post(f"/admin/accounts/user/{bob.pk}/change/", fields).status_code == 302
    assert {f"people:{bob.pk}"} in commits
    bob.refresh_from_db()
    assert bob.name == "Robert"


def test_a_broken_cache_and_layer_do_not_break_the_write(
    alice: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ConnectionError("on purpose")

    monkeypatch.setattr(type(caches["live"]), "set_many", broken)
    monkeypatch.setattr(type(caches["live"]), "get_many", broken)
    monkeypatch.setattr("chatpoc.live.invalidation._try_again", lambda names: None)
    alice.name = "still written"
    alice.save()
    room.post(author=alice, client_id=uuid4(), body="still sent")
    alice.refresh_from_db()
    assert (alice.name, Message.objects.get().body) == ("still written", "still sent")
