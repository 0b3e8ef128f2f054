"""Who is connected, for staff; and the end of a connection."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chatpoc.live.threads import in_thread
from presence.models import Connection
from tests.conftest import Statements, make_person, signed_in
from tests.live.conftest import Connect
from tests.presence.test_leases import make_process, sit

PAGE = "/admin/presence/connection/"


@pytest.fixture
def staff(charlie: User) -> User:
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    rights = Permission.objects.filter(codename__in=["view_connection", "delete_connection"])
    charlie.user_permissions.set(rights)
    return charlie


def test_it_shows_who_since_when_from_where_and_how_many_tabs(staff: User, alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(hidden_since=timezone.now())
    process = make_process(age=1)
    sit(process, alice, alice, bob)
    sit(make_process(age=60), staff, alice)
    page = signed_in(staff).get(PAGE).content.decode()
    assert page.count("Alice Moreau (@alice)") == 2
    assert page.count('<td class="field-tabs">2</td>') == 2
    assert "active, appears offline" in page
    assert "Charlie Lindqvist (@charlie)</a></th>" not in page, "a dead process' connections are none"


def test_the_number_of_queries_does_not_grow_with_the_rows(staff: User, statements: Statements) -> None:
    client, process = signed_in(staff), make_process(age=1)
    counts = []
    for start in (0, 3):
        for i in range(start, start + 3):
            sit(process, make_person(f"p{i}", f"P {i}"))
        statements.seen.clear()
        client.get(PAGE)
        counts.append(len(statements.seen))
    assert counts[0] == counts[1]


async def test_one_connection_is_ended_and_the_other_tab_lives(
    connect: Connect, staff: User, alice: User, alice_key: str
) -> None:
    first = await connect(alice_key)
    await first.ask({"watch": {}})
    second = await connect(alice_key)
    await second.ask({"watch": {}})
    while await in_thread(Connection.objects.count) < 2:
        pass
    row = await in_thread(lambda: Connection.objects.order_by("opened_at").first())
    assert row
    client = await in_thread(signed_in, staff)
    form = {"action": "end", "_selected_action": [str(row.pk)]}
    assert (await in_thread(lambda: client.post(PAGE, form))).status_code == 302
    assert await first.closed_with() == 4010
    assert "watching" in await second.ask({"watch": {}})


async def test_its_deletion_ends_it_too(connect: Connect, staff: User, alice_key: str) -> None:
    page = await connect(alice_key)
    while not (row := await in_thread(Connection.objects.first)):
        pass
    client = await in_thread(signed_in, staff)
    answer = await in_thread(lambda: client.post(f"{PAGE}{row.pk}/delete/", {"post": "yes"}))
    assert answer.status_code == 302
    assert await page.closed_with() == 4010


def test_who_may_only_look_ends_nothing(staff: User, alice: User) -> None:
    staff.user_permissions.remove(Permission.objects.get(codename="delete_connection"))
    sit(make_process(age=1), alice)
    page = signed_in(staff).get(PAGE).content.decode()
    assert "Alice Moreau" in page
    assert "End these connections" not in page


def test_staff_end_no_superuser_s(staff: User, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    ended: list[str] = []
    monkeypatch.setattr("presence.admin.live.close", lambda topic, _code, socket: ended.append(topic))
    process = make_process(age=1)
    sit(process, alice, bob)
    rows = {"action": "end", "_selected_action": [str(row.pk) for row in Connection.objects.all()]}
    assert signed_in(staff).post(PAGE, rows).status_code == 302
    high = Connection.objects.get(user=bob)
    assert signed_in(staff).post(f"{PAGE}{high.pk}/delete/", {"post": "yes"}).status_code == 403
    assert ended == [f"user:{alice.pk}"]
    assert signed_in(bob).post(PAGE, rows).status_code == 302
    assert set(ended) == {f"user:{alice.pk}", f"user:{bob.pk}"}


@pytest.mark.parametrize("path", ["add/", "00000000-0000-0000-0000-000000000000/change/"])
def test_nothing_is_made_or_changed_by_hand(staff: User, path: str) -> None:
    assert signed_in(staff).get(f"{PAGE}{path}").status_code in {302, 403}


def test_a_member_does_not_get_in(as_bob: Client) -> None:
    assert as_bob.get(PAGE).status_code in {302, 403}
