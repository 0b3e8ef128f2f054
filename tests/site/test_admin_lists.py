"""No list of the admin is longer to wait for because there are more rows."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.admin.bounded import BoundedPaginator
from accounts.models import User
from chat.models import Membership, Room
from presence.models import Connection, Process
from tests.conftest import make_person, signed_in


@pytest.fixture
def as_root(db: None) -> Client:
    return signed_in(make_person("root", "Root", is_staff=True, is_superuser=True))


def person(number: int) -> User:
    return make_person(f"person{number}", f"Person {number}")


def say(number: int) -> None:
    """Each in a room of its own, and lines among them."""
    author = person(number)
    room = Room.objects.open_by(author, kind="open", name=f"Room {number}")
    room.post(author=author, client_id=uuid.uuid4(), body="hello")
    room.archive(by=author, because="done")
    Membership.objects.create(room=room, user=person(number + 1_000))
    room.reopen(by=author)
    room.remove(by=author, person=User.objects.get(handle=f"person{number + 1_000}"))


def connect(number: int) -> None:
    now = timezone.now()
    times = {"started_at": now, "renewed_at": now, "expires_at": now + timedelta(hours=1)}
    process, _made = Process.objects.get_or_create(name="one", defaults=times)
    Connection.objects.create(process=process, user=person(number), opened_at=now)


MAKE: dict[str, Callable[[int], Any]] = {
    "accounts/user": person,
    "chat/message": say,
    "chat/room": say,
    "chat/membership": say,
    "presence/connection": connect,
    "account/emailaddress": lambda number: EmailAddress.objects.create(
        user=person(number), email=f"{number}@x.example"
    ),
    "mfa/authenticator": lambda number: Authenticator.objects.create(user=person(number), type="totp", data={}),
    "usersessions/usersession": lambda number: UserSession.objects.create(
        user=person(number), session_key=str(number), ip="127.0.0.1", user_agent=""
    ),
    "auth/group": lambda number: Group.objects.create(name=f"Group {number}"),
}


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize("model", MAKE)
def test_a_list_takes_as_many_statements_with_30_rows_as_with_3(as_root: Client, model: str) -> None:
    for number in range(3):
        MAKE[model](number)
    queries(as_root, f"/admin/{model}/")  # content types are remembered
    few = queries(as_root, f"/admin/{model}/")
    for number in range(3, 30):
        MAKE[model](number)
    assert queries(as_root, f"/admin/{model}/") == few <= 12


def test_the_page_of_a_message_takes_as_many_statements_as_it_did_with_fewer_around_it(as_root: Client) -> None:
    author, room = person(1), Room.objects.lobby()
    room.join(author)
    first = room.post(author=author, client_id=uuid.uuid4(), body="hello")
    path = f"/admin/chat/message/{first.pk}/change/"
    few = [queries(as_root, path) for _ in range(2)][-1]
    for number in range(2, 12):
        room.join(other := person(number))
        room.post(author=other, client_id=uuid.uuid4(), body="hello")
    assert queries(as_root, path) == few <= 15


def test_every_list_is_bounded(as_root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for model, own in admin.site._registry.items():
        assert own.paginator is BoundedPaginator, model
        assert not own.show_full_result_count, model
        assert own.show_facets is admin.ShowFacets.NEVER, model
        assert not own.date_hierarchy, model
    monkeypatch.setattr(BoundedPaginator, "MOST", 5)
    for number in range(8):
        person(number)
    page = as_root.get("/admin/accounts/user/", {"q": "Person"})
    assert page.context["cl"].result_count == 5
    assert page.content.decode().count("more than 5") == 2


def test_nothing_is_done_to_rows_that_nobody_saw(as_root: Client) -> None:
    """Django offers to choose all that a filter finds, however many."""
    people = [person(number) for number in range(3)]
    chosen = {"action": "shut_out", "_selected_action": people[0].pk, "select_across": "1", "index": "0"}
    chosen |= {"post": "yes", "because": "spam"}
    as_root.post("/admin/accounts/user/", chosen)
    assert [User.objects.get(pk=one.pk).is_active for one in people] == [False, True, True]
