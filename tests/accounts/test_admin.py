"""The admin gives nobody more power than they have."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests.conftest import make_person, signed_in

pytestmark = pytest.mark.once

PEOPLE = "/admin/accounts/user/"
POWERS = {"is_staff": "on", "is_superuser": "on"}


@pytest.fixture
def staff(db: None) -> User:
    """May change and delete people, and nothing else."""
    person = make_person("steward", "Stefan Steward", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    return person


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.com", "root", name="Root")


def change(by: User, person: User, **changes: Any) -> int:
    data = {"name": person.name, "handle": person.handle, "email": person.email, "is_active": "on"} | changes
    return signed_in(by).post(f"{PEOPLE}{person.pk}/change/", data).status_code


def act(by: User, action: str, *people: User) -> int:
    data = {"action": action, "_selected_action": [person.pk for person in people], "post": "yes"}
    return signed_in(by).post(PEOPLE, data).status_code


def test_staff_cannot_make_themselves_a_superuser(staff: User) -> None:
    permission = Permission.objects.exclude(content_type__app_label="accounts").first()
    assert permission
    assert change(staff, staff, **POWERS, user_permissions=permission.pk, name="Renamed") == 302
    staff.refresh_from_db()
    assert staff.name == "Renamed"
    assert not staff.is_superuser
    assert permission not in staff.user_permissions.all()


def test_staff_cannot_make_a_puppet_a_superuser_or_staff(staff: User, bob: User) -> None:
    change(staff, bob, **POWERS)
    bob.refresh_from_db()
    assert not bob.is_superuser
    assert not bob.is_staff
    puppet = {"name": "P", "handle": "puppet", "email": "p@example.com", "is_active": "on"} | POWERS
    assert signed_in(staff).post(f"{PEOPLE}add/", puppet).status_code == 302
    assert not User.objects.get(email="p@example.com").is_superuser


def test_staff_cannot_take_an_account_over_by_its_email(staff: User, bob: User) -> None:
    assert change(staff, bob, email="mine@example.com", name="Robert") == 302
    bob.refresh_from_db()
    assert (bob.name, bob.email) == ("Robert", "bob@example.com")


def test_staff_cannot_change_or_delete_a_superuser(staff: User, root: User, bob: User) -> None:
    assert change(staff, root, name="Fallen", email="mine@example.com") == 403
    assert signed_in(staff).post(f"{PEOPLE}{root.pk}/delete/", {"post": "yes"}).status_code == 403
    assert act(staff, "delete_selected", bob, root) == 403
    act(staff, "shut_out", root)
    kept = User.objects.get(pk=root.pk)
    assert (kept.name, kept.email, kept.is_active) == ("Root", "root@example.com", True)
    assert User.objects.filter(pk=bob.pk).exists()


def test_staff_deletes_who_may_be_deleted(staff: User, charlie: User) -> None:
    assert act(staff, "delete_selected", charlie) == 302
    assert not User.objects.filter(pk=charlie.pk).exists()


def test_a_superuser_changes_everything(root: User, bob: User) -> None:
    assert change(root, bob, email="robert@example.com", **POWERS) == 302
    bob.refresh_from_db()
    assert (bob.email, bob.is_superuser) == ("robert@example.com", True)


def test_a_deleted_account_is_changed_by_nobody(root: User, bob: User) -> None:
    bob.erase()
    assert change(root, bob, name="Zombie") == 403
    assert signed_in(root).get(f"{PEOPLE}{bob.pk}/change/").status_code == 200


def test_who_left_and_is_shut_out_has_no_way_back(as_bob: Client, root: User, bob: User, mailoutbox: list[Any]) -> None:
    bob.deactivate()
    Client().post("/accounts/login/", {"login": "bob", "password": "builder-2000"})
    assert change(root, bob, name="Robert", is_active="") == 302
    assert User.objects.get(pk=bob.pk).deactivated_at, "a rename does not shut them out"
    assert act(root, "shut_out", bob, root) == 302
    way = str(mailoutbox[0].body).split("http://testserver")[1].split()[0]
    assert "invalid" in Client().post(way).content.decode()
    bob.refresh_from_db()
    assert not bob.is_active
    assert User.objects.get(pk=root.pk).is_active, "nobody shuts themselves out"


def row(by: Client, person: User, name: str, **on: str) -> int:
    """The directory's row, as it is sent for somebody who was shown as one who may come in."""
    seen = {f"initial-{field}": getattr(person, field) for field in ("name", "handle")} | {"initial-is_active": "True"}
    return by.post(f"/people/{person.pk}/", seen | {"name": name, "handle": person.handle} | on).status_code


def test_a_rename_in_the_directory_does_not_shut_out_who_left_and_the_check_mark_does(staff: User, bob: User) -> None:
    bob.deactivate()
    client = signed_in(staff)
    assert "Left, and may come back" in client.get(f"/people/?edit={bob.pk}").content.decode()
    assert row(client, bob, "Robert", is_active="on") == 302
    left = User.objects.get(pk=bob.pk)
    assert (left.name, left.is_active, left.deactivated_at) == ("Robert", False, bob.deactivated_at)
    assert row(client, left, "Robert") == 302
    out = User.objects.get(pk=bob.pk)
    assert (out.is_active, out.deactivated_at) == (False, None)


def test_who_leaves_while_their_row_is_open_is_shut_out_all_the_same(staff: User, bob: User) -> None:
    client = signed_in(staff)
    bob.deactivate()
    row(client, bob, "Bob Okafor")
    assert User.objects.get(pk=bob.pk).deactivated_at is None
