"""The audit log in the admin: read, searched and exported by who may, and changed by nobody."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.admin import auditlog
from accounts.audit import record
from accounts.models import AuditEntry, User
from tests.conftest import Statements, make_person, signed_in

pytestmark = pytest.mark.once

LOG = "/admin/accounts/auditentry/"
EXPORT = f"{LOG}export/"


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.com", "root", name="Root")


@pytest.fixture
def reader(db: None) -> Client:
    person = make_person("auditor", "Aud Itor", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_auditentry"))
    return signed_in(person)


@pytest.fixture
def entries(root: User, alice: User, bob: User) -> list[AuditEntry]:
    return [
        record("suspended", by=root, person=bob, reason='=HYPERLINK("http://x","y")', details="until tomorrow"),
        record("deleted", by=alice, person=bob, room=42, thing="message 7", reason="Żółć; \"so\", she said\nand went"),
        record("archived", by=None, room=421),
    ]  # fmt: skip


def shown(client: Client, **asked: str) -> list[int]:
    answer = client.get(LOG, asked)
    assert answer.status_code == 200
    return [entry.pk for entry in answer.context["cl"].result_list]


def test_it_is_found_by_person_room_word_and_time(reader: Client, entries: list[AuditEntry], bob: User) -> None:
    first, second, third = (entry.pk for entry in entries)
    AuditEntry.objects.filter(pk=first).update(at=timezone.now() - timedelta(days=40))
    assert shown(reader) == [third, second, first]
    assert shown(reader, what="deleted") == [second]
    assert shown(reader, q="@bob") == [second, first]
    assert shown(reader, q="moreau") == [second]
    assert shown(reader, q="42") == [second]
    assert shown(reader, q="nobody at all") == []
    assert shown(reader, person=str(bob.pk)) == [second, first]
    assert shown(reader, at__gte=(timezone.now() - timedelta(days=1)).isoformat()) == [third, second]


def test_as_many_statements_for_many_as_for_few(reader: Client, bob: User, root: User, statements: Statements) -> None:
    counts = []
    for _ in range(2):
        for number in range(30):
            record("suspended", by=root, person=make_person(f"p{User.objects.count()}_{number}", "P"))
        statements.seen.clear()
        assert len(shown(reader)) == AuditEntry.objects.count()
        counts.append(len(statements.seen))
    assert counts[0] == counts[1]


def test_nobody_changes_it(root: User, entries: list[AuditEntry], bob: User) -> None:
    client, before = signed_in(root), list(AuditEntry.objects.order_by("pk").values())
    path = f"{LOG}{entries[0].pk}/"
    assert client.get(f"{path}change/").status_code == 200
    assert 'name="reason"' not in client.get(f"{path}change/").content.decode()
    for refused in (f"{path}change/", f"{path}delete/", f"{LOG}add/"):
        assert client.post(refused, {"reason": "none", "post": "yes"}).status_code == 403
    client.post(LOG, {"action": "delete_selected", "_selected_action": [entries[0].pk], "post": "yes"})
    assert list(AuditEntry.objects.order_by("pk").values()) == before
    assert client.post(f"/admin/accounts/user/{bob.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=bob.pk).exists()
    left = AuditEntry.objects.get(pk=entries[0].pk)
    assert (left.person, left.by, left.what) == (None, root, "suspended")
    assert AuditEntry.objects.first().what == "deleted the person"  # type: ignore[union-attr]


def table(client: Client, **asked: str) -> list[list[str]]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    answer: Any = client.post(f"{EXPORT}?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_it_is_exported_as_it_is_filtered_and_a_spreadsheet_computes_nothing(
    reader: Client, entries: list[AuditEntry]
) -> None:
    rows = table(reader)
    assert rows[0] == auditlog.HEADER
    assert [row[3] for row in rows[1:]] == ["archived", "deleted", "suspended"]
    assert rows[3][7] == '\'=HYPERLINK("http://x","y")'
    assert rows[2][7] == 'Żółć; "so", she said\nand went'
    assert rows[2][2:6] == ["Alice Moreau (@alice)", "deleted", "Bob Okafor (@bob)", "42"]
    assert [row[3] for row in table(reader, what="deleted")[1:]] == ["deleted"]
    noted = AuditEntry.objects.filter(what="exported").order_by("pk")
    assert [(entry.by.handle, entry.thing, entry.details) for entry in noted if entry.by] == [
        ("auditor", "audit log", ""), ("auditor", "audit log", "what=deleted")
    ]  # fmt: skip


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "|x", "\n=1"])
def test_what_a_spreadsheet_would_compute_is_text(cell: str) -> None:
    assert auditlog.harmless(cell) == f"'{cell}"
    assert auditlog.harmless(f"a{cell}") == f"a{cell}"


def test_all_of_it_goes_out_page_by_page(
    reader: Client, root: User, monkeypatch: pytest.MonkeyPatch, statements: Statements
) -> None:
    monkeypatch.setattr(auditlog, "PAGE", 4)
    made = [record("archived", by=root, room=number).pk for number in range(10)]
    statements.seen.clear()
    answer: Any = reader.post(EXPORT)
    begun = len(statements.seen)
    rows = list(answer.streaming_content)
    assert len(rows) == 1 + 3, "a header, and pages"
    assert len(statements.seen) - begun == 4, "the last is empty"
    assert [int(line.split(b",")[0]) for line in b"".join(rows[1:]).splitlines()] == made[::-1]


def test_who_may_not_read_it_does_not_take_it_away(entries: list[AuditEntry], alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client = signed_in(alice)
    assert client.get(LOG).status_code == client.get(EXPORT).status_code == client.post(EXPORT).status_code == 403
    assert AuditEntry.objects.count() == len(entries)


async def test_the_server_is_given_one_page_at_a_time() -> None:
    """Django would gather a plain iterator whole before it sends the first byte."""
    made: list[int] = []

    def pages() -> Iterator[str]:
        for number in range(3):
            made.append(number)
            yield str(number)

    response: Any = auditlog.Streamed(pages())
    sent = []
    async for piece in response:
        sent.append(piece)
        assert len(made) == len(sent)
    assert sent == [b"0", b"1", b"2"]
