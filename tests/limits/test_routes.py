"""No route is without a limit, and what has nothing left does nothing."""

import pytest
from django.test import Client
from django.urls import resolve

from accounts.models import User
from chatpoc.limits import buckets, whose
from chatpoc.limits.middleware import counts_as
from chatpoc.limits.table import parsed
from tests.conftest import Statements
from tests.limits.conftest import Allow
from tests.site.test_doors import ROUTES, example

pytestmark = pytest.mark.once

# As what GET and POST count, where that is not `read` (`search` with a ?q=) and `write`.
COUNTED = {
    "find/": ("search", "write"),
    "people/<str:handle>/conversation/": ("read", "invite"),
    "rooms/<id:room_id>/invitations/": ("read", "invite"),
    "rooms/<id:room_id>/messages/": ("read", "send"),
    "rooms/<id:room_id>/messages/<id:seq>/report/": ("read", "report"),
    "people/<id:person_id>/report/": ("read", "report"),
    "rooms/new/": ("read", "room"),
    "accounts/profile/picture/": ("read", "upload"),
    "accounts/pictures/<picture_name:name>-<side:side>.webp": ("picture", "write"),
}
REQUESTS = {"read", "search", "picture", "send", "write", "invite", "room", "upload", "report"}


def test_every_route_counts_as_something() -> None:
    for route in ROUTES:
        view = resolve(example(route)).func
        assert (counts_as(view, "GET"), counts_as(view, "POST")) == COUNTED.get(route, ("read", "write")), route
        assert counts_as(view, "HEAD") == counts_as(view, "GET")
        for method in ("PUT", "PATCH", "DELETE", "BREW"):
            assert counts_as(view, method) == counts_as(view, "POST")
    assert set(COUNTED) <= set(ROUTES)
    assert set(parsed("")) >= REQUESTS


@pytest.fixture
def spent(allow: Allow, alice: User, as_alice: Client) -> Client:
    """Alice, with nothing left of anything."""
    allow(", ".join(f"{name}=1/9h 1000/9h" for name in REQUESTS))
    for name in REQUESTS:
        assert buckets.take(whose.buckets(name, ("address:test", whose.person(alice.pk)))) == 0
    return as_alice


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_nothing_left_is_refused_at_every_door_and_nothing_is_looked_up(
    spent: Client, method: str, statements: Statements
) -> None:
    for route in ROUTES:
        statements.seen.clear()
        answer = getattr(spent, method)(example(route), headers={"HX-Request": "true"})
        assert answer.status_code == 429, route
        assert 0 < int(answer["Retry-After"]) <= 9 * 3600
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        looked = [sql for sql in statements.seen if "session" not in sql and '"accounts_user"."id" =' not in sql]
        assert looked == [], route


def test_what_leads_nowhere_counts_as_well(spent: Client) -> None:
    assert [spent.get(path).status_code for path in ("/nothing/", "/rooms/x/", "/rooms/0/")] == [429] * 3
    spent.handler.enforce_csrf_checks = True
    answer = spent.post("/rooms/new/", {"name": "x"})
    assert (answer.status_code, answer["Content-Type"]) == (429, "text/plain; charset=utf-8")
    assert 0 < int(answer["Retry-After"]) <= 9 * 3600


def test_a_search_is_one_wherever_it_is_asked(spent: Client, allow: Allow) -> None:
    allow("search=1/9h 1000/9h")
    for route in set(ROUTES) - {route for route, (get, _) in COUNTED.items() if get == "picture"}:
        assert spent.get(example(route), {"q": "x"}).status_code == 429, route
    assert spent.get("/people/").status_code == 200


def test_an_anonymous_address_is_counted_too(client: Client, db: None, allow: Allow) -> None:
    allow("read=100/9h 3/9h, write=100/9h 2/9h")
    assert [client.get("/accounts/login/").status_code for _ in range(5)] == [200] * 3 + [429] * 2
    assert [client.post("/accounts/login/", {}).status_code for _ in range(4)] == [200] * 2 + [429] * 2


def test_off_nothing_is_counted(as_alice: Client, allow: Allow) -> None:
    allow("read=1/9h 1/9h")
    assert as_alice.get("/people/").status_code == 200
    assert as_alice.get("/people/").status_code == 429
    allow("off")
    assert {as_alice.get("/people/").status_code for _ in range(5)} == {200}
