"""The directory of people: sorted, searched, in pages that are the same at any depth, and changed in place by staff."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.directory import PAGE, Order, page
from tests.conftest import Statements, make_person, signed_in

HX = {"HX-Request": "true", "HX-Target": "div#directory"}


def make_people(count: int) -> None:
    """Names that differ, that are the same, and that differ in case only."""
    now = timezone.now()
    User.objects.bulk_create(
        User(email=f"p{i}@x.org", handle=f"p{i:06}", name=f"{'Pp'[i % 2]}erson {i // 3}", created_at=now) for i in range(count)
    )  # fmt: skip


def shown(html: str) -> list[str]:
    return re.findall(r'<td class="column-handle">@(\w+)', html)


@pytest.fixture
def staff(alice: User) -> User:
    """Alice, who may change people, and is no superuser."""
    alice.is_staff = True
    alice.save()
    alice.user_permissions.add(Permission.objects.get(codename="change_user"))
    return alice


@pytest.mark.parametrize("sort", ["name", "-name", "handle", "-handle", "joined", "-joined"])
def test_the_pages_forwards_and_backwards_are_everyone_once_and_in_order(alice: User, sort: str) -> None:
    make_people(PAGE * 2 + 7)
    people = User.objects.listed_for(alice)
    order = Order(sort.removeprefix("-"), sort.startswith("-"))
    forwards = [page(people, order)]
    while forwards[-1].next:
        forwards.append(page(people, order, after=forwards[-1].next))
    backwards = [forwards[-1]]
    while backwards[-1].previous:
        backwards.append(page(people, order, before=backwards[-1].previous))
    assert [len(one.people) for one in forwards] == [PAGE, PAGE, 7]
    assert [one.people for one in reversed(backwards)] == [one.people for one in forwards]
    seen = [person for one in forwards for person in one.people]
    keys = [(p.name.lower(), p.pk) if order.column == "name" else (p.handle if order.column == "handle" else p.created_at, p.pk)
            for p in seen]  # fmt: skip
    assert keys == sorted(keys, reverse=order.descending)
    assert {p.pk for p in seen} == set(people.values_list("pk", flat=True))


def test_before_the_second_page_is_the_whole_first_one_also_when_people_left(alice: User) -> None:
    make_people(PAGE + 30)
    people, order = User.objects.listed_for(alice), Order("handle", descending=False)
    first = page(people, order)
    second = page(people, order, after=first.next)
    User.objects.filter(pk__in=[person.pk for person in first.people[:10]]).update(is_active=False)
    assert len(page(people, order, before=second.previous).people) == PAGE


def test_a_page_after_somebody_who_is_gone_is_the_first_one(as_alice: Client, bob: User) -> None:
    assert shown(as_alice.get("/people/?after=999999").content.decode()) == ["bob"]


def test_a_page_after_the_last_person_is_the_last_one(alice: User) -> None:
    make_people(PAGE + 30)
    people, order = User.objects.listed_for(alice), Order("handle", descending=False)
    last = page(people, order, after=people.order_by("handle").last().pk)
    assert [person.handle for person in last.people] == [f"p{i:06}" for i in range(30, PAGE + 30)]
    assert last.next is None
    assert len(page(people, order, before=last.previous).people) == PAGE
    nearly = page(people.search("p00007"), order, after=people.order_by("handle").last().pk)
    assert (len(nearly.people), nearly.previous, nearly.next) == (10, None, None)
    assert page(people.search("nobody"), order, after=people.first().pk).people == []


@pytest.mark.parametrize("query", ["after=x", "before=-1", "edit=1e9"])
def test_a_place_that_is_none_is_a_bad_request(as_alice: Client, query: str) -> None:
    assert as_alice.get(f"/people/?{query}").status_code == 400


@pytest.mark.parametrize("sort", ["password", "-", "", "--name", "name; DROP"])
def test_an_order_that_is_none_is_by_name(as_alice: Client, bob: User, charlie: User, sort: str) -> None:
    assert shown(as_alice.get("/people/", {"sort": sort}).content.decode()) == ["bob", "charlie"]


def test_a_page_takes_the_same_statements_with_ten_and_with_two_hundred_people(
    as_alice: Client, statements: Statements
) -> None:
    counts = []
    for count in (10, 200):
        User.objects.filter(handle__startswith="p0").delete()
        make_people(count)
        statements.seen.clear()
        as_alice.get("/people/", headers=HX)
        counts.append(len(statements.seen))
    assert counts[0] == counts[1] <= 4, statements.seen


@pytest.mark.parametrize("sort", ["name", "-name", "handle", "joined", "-joined"])
def test_a_page_in_the_middle_starts_in_the_index_and_sorts_nothing(alice: User, sort: str) -> None:
    make_people(3000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    order = Order(sort.removeprefix("-"), sort.startswith("-"))
    people = User.objects.listed_for(alice)
    middle = people.order_by("-pk")[1500]
    plans: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if "LIMIT 51" in sql:
            explained = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
            rows = connection.connection.cursor().execute(explained + (sql % tuple(map(quoted, params)))).fetchall()
            plans.append("\n".join(str(row) for row in rows))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        page(people, order, after=middle.pk)
    (plan,) = plans
    assert "SEARCH" in plan or "Index Cond" in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    assert not re.search(r"(?<!Incremental )Sort  \(", plan), plan  # incremental: within one key


def quoted(value: object) -> str:
    return str(int(value)) if isinstance(value, (bool, int)) else "'" + str(value).replace("'", "''") + "'"


# Staff


def edit(client: Client, person: User, **changes: Any) -> Any:
    """As the row's form sends it: what is there now, what was there when it was opened."""
    was = {"name": person.name, "handle": person.handle, "is_active": "on" if person.is_active else ""}
    fields = {**was, **changes}
    initial = {f"initial-{name}": str(value == "on") if name == "is_active" else value for name, value in was.items()}
    data = {key: value for key, value in (fields | initial).items() if value != ""}
    return client.post(f"/people/{person.pk}/?q=bob", data, headers=HX)


def test_staff_change_somebody_in_place(staff: User, bob: User) -> None:
    client = signed_in(staff)
    assert f'id="person-{bob.pk}-name"' in client.get(f"/people/?edit={bob.pk}").content.decode()
    answer = edit(client, bob, name="  Bobby   Tables ", handle="Bobby")
    bob.refresh_from_db()
    assert (bob.name, bob.handle) == ("Bobby Tables", "bobby")
    assert "Bobby Tables" in answer.content.decode()
    assert answer["HX-Replace-Url"] == "/people/?q=bob"
    assert 'hx-get="/people/list/?q=bob"' in answer.content.decode(), "the row is closed, and stays so"


def test_an_open_row_stays_whatever_is_searched_for_and_links_lead_on_with_it(
    staff: User, bob: User, charlie: User
) -> None:
    html = signed_in(staff).get(f"/people/?q=charlie&edit={bob.pk}").content.decode()
    assert f'id="person-{bob.pk}-name"' in html
    assert shown(html) == ["charlie"]
    assert f"sort=-name&amp;edit={bob.pk}" in html
    assert "1 person shown." in html
    assert "2 people shown." in signed_in(staff).get("/people/").content.decode()


def test_an_open_row_is_not_for_who_may_not_change_them(staff: User, as_charlie: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_superuser=True)
    for client in (as_charlie, signed_in(staff)):
        html = client.get(f"/people/?q=nobody&edit={bob.pk}").content.decode()
        assert "person-" not in html.split("<table>")[1].split("</table>")[0]


def test_only_what_was_changed_is_written(staff: User, bob: User) -> None:
    """Alice opened the row, and meanwhile somebody else gave Bob a new handle."""
    opened = User.objects.get(pk=bob.pk)
    User.objects.filter(pk=bob.pk).update(handle="robert")
    edit(signed_in(staff), opened, name="Robert")
    bob.refresh_from_db()
    assert (bob.name, bob.handle) == ("Robert", "robert")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "\u202ebob"}, "Please choose a name that others can read."),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"handle": "charlie"}, "This handle is taken."),
        ({"handle": "1"}, "A handle has 3 to 30"),
    ],
)
def test_what_cannot_be_is_explained_in_the_row_with_what_was_typed(
    staff: User, bob: User, charlie: User, changes: dict[str, str], reason: str
) -> None:
    answer = edit(signed_in(staff), bob, **changes)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == f"#person-{bob.pk}"
    assert reason in html
    assert next(iter(changes.values())) in html
    bob.refresh_from_db()
    assert bob.name == "Bob Okafor"


def test_who_is_deactivated_is_listed_to_those_who_can_undo_it(staff: User, bob: User, as_charlie: Client) -> None:
    edit(signed_in(staff), bob, is_active="")
    bob.refresh_from_db()
    assert not bob.is_active
    assert "bob" in shown(signed_in(staff).get("/people/").content.decode())
    assert "bob" not in shown(as_charlie.get("/people/").content.decode())


def test_a_member_cannot_open_or_send_the_form(as_charlie: Client, bob: User) -> None:
    assert f'id="person-{bob.pk}-name"' not in as_charlie.get(f"/people/?edit={bob.pk}").content.decode()
    assert edit(as_charlie, bob, name="Mallory").status_code == 404
    bob.refresh_from_db()
    assert bob.name == "Bob Okafor"


def test_staff_without_the_permission_cannot(bob: User, charlie: User) -> None:
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    assert edit(signed_in(charlie), bob, name="Mallory").status_code == 404


def test_staff_cannot_change_a_superuser_or_themselves(staff: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_superuser=True)
    assert edit(signed_in(staff), bob, name="Mallory").status_code == 404
    assert edit(signed_in(staff), staff, is_active="").status_code == 404


# Cards


def test_a_card_shows_who_somebody_is_and_never_their_email(as_alice: Client, bob: User) -> None:
    html = as_alice.get(f"/people/{bob.pk}/").content.decode()
    assert "Bob Okafor" in html
    assert "/people/bob/conversation/" in html
    assert "bob@example.com" not in html


def test_one_s_own_card_and_a_deactivated_one_offer_no_conversation(alice: User, as_alice: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    for person, text in ((alice, "This is you."), (bob, "deactivated")):
        html = as_alice.get(f"/people/{person.pk}/card/").content.decode()
        assert text in html
        assert "conversation" not in html


def test_the_card_of_who_left_is_a_name_to_all_but_those_who_can_let_them_in(
    staff: User, as_charlie: Client, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False, bio="I like tea.", time_zone="Asia/Tokyo")
    html = as_charlie.get(f"/people/{bob.pk}/card/").content.decode()
    assert "Bob Okafor" in html
    assert "This account is deactivated." in html
    assert not [hidden for hidden in ("@bob", "I like tea.", "Asia/Tokyo") if hidden in html]
    html = signed_in(staff).get(f"/people/{bob.pk}/card/").content.decode()
    assert not [shown for shown in ("@bob", "I like tea.", "Asia/Tokyo") if shown not in html]


@pytest.mark.parametrize(
    ("zone", "time"), [("Asia/Tokyo", "21:34"), ("Asia/Kolkata", "18:04"), ("Mars/Base", ""), ("/", "")]
)
def test_a_card_says_what_time_it_is_there_also_without_javascript(
    as_alice: Client, bob: User, monkeypatch: pytest.MonkeyPatch, zone: str, time: str
) -> None:
    monkeypatch.setattr("chat.templatetags.people.now", lambda: datetime(2026, 1, 15, 12, 34, tzinfo=UTC))
    User.objects.filter(pk=bob.pk).update(time_zone=zone)
    assert f'zone="{zone}">{time}</local-time>' in as_alice.get(f"/people/{bob.pk}/card/").content.decode()


@pytest.mark.parametrize(
    "path", ["/people/{}/", "/people/{}/card/", "/rooms/{}/", "/rooms/{}/header/", "/rooms/{}/messages/"]
)
@pytest.mark.parametrize("id_", ["0", "9" * 18, "1" * 19, "1" * 61])
def test_an_id_that_no_row_can_have_leads_nowhere(as_alice: Client, path: str, id_: str) -> None:
    assert as_alice.get(path.format(id_)).status_code == 404


def test_who_had_to_sign_in_to_write_to_somebody_comes_to_their_page(as_alice: Client, alice: User, bob: User) -> None:
    answer = as_alice.get("/people/bob/conversation/")
    assert answer["Location"] == f"/people/{bob.pk}/"
    assert not alice.memberships.exists()
    assert as_alice.get("/people/nobody/conversation/").status_code == 404


def test_there_is_no_card_of_nobody(as_alice: Client) -> None:
    assert as_alice.get("/people/999999/card/").status_code == 404
    assert as_alice.get("/people/999999/").status_code == 404


def test_a_hundred_people_at_most_are_followed_at_once(as_alice: Client) -> None:
    people = [make_person(f"p{i:03}", f"P {i}").pk for i in range(3)]
    assert as_alice.get(f"/accounts/cast/{people[0]},{people[2]}/").content.decode().count("data-person") == 2
    assert as_alice.get(f"/accounts/cast/{','.join(map(str, range(1, 102)))}/").status_code == 404


def test_who_left_can_be_let_in_again_by_staff_and_who_is_deleted_by_nobody(staff: User, bob: User) -> None:
    bob.deactivate()
    assert edit(signed_in(staff), bob, is_active="on").status_code == 200
    bob.refresh_from_db()
    assert bob.is_active
    bob.erase()
    assert shown(signed_in(staff).get("/people/").content.decode()) == []
    assert edit(signed_in(staff), bob, name="Zombie").status_code == 404
    card = signed_in(staff).get(f"/people/{bob.pk}/card/").content.decode()
    assert "Deleted account" in card
    assert "no longer here" in card
    assert f"@{bob.handle}" not in card
