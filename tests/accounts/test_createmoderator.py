"""`manage.py createmoderator`: who becomes one, who cannot, and what they and their pages notice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from tests.commands import manage

pytestmark = pytest.mark.once


def groups(person: User) -> list[str]:
    return sorted(person.groups.values_list("name", flat=True))


def again(person: User) -> User:
    found: User = User.objects.get(pk=person.pk)
    return found


@pytest.fixture(autouse=True)
def _ready_groups(db: None) -> None:
    for name in ("Moderators", "Administrators"):
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(Permission.objects.filter(codename="delete_message"))


@pytest.mark.parametrize("name", ["alice", "@Alice", "alice@example.com", "ALICE@example.com"])
def test_a_person_becomes_staff_in_the_group_and_is_told_what_they_may(
    alice: User, as_alice: Client, name: str
) -> None:
    assert as_alice.get("/admin/").status_code == 302
    ran = manage("createmoderator", name)
    assert (ran.code, ran.err) == (0, "")
    assert "is now in the group Moderators" in ran.out
    assert "Can delete message" in ran.out
    assert "second factor" in ran.out
    assert (again(alice).is_staff, again(alice).is_superuser, groups(alice)) == (True, False, ["Moderators"])
    assert as_alice.get("/admin/").status_code == 200
    entry = AuditEntry.objects.get()
    assert (entry.what, entry.by, entry.person, entry.details) == ("made a moderator", None, alice, "group: Moderators")


def test_again_changes_nothing(alice: User) -> None:
    manage("createmoderator", "alice", "--administrator")
    ran = manage("createmoderator", "alice", "--administrator")
    assert (ran.code, "already in the group Administrators" in ran.out) == (0, True)
    assert groups(alice) == ["Administrators"]
    assert AuditEntry.objects.count() == 1


def test_it_is_taken_away_and_staff_with_the_last_of_it(alice: User) -> None:
    manage("createmoderator", "alice")
    manage("createmoderator", "alice", "--administrator")
    ran = manage("createmoderator", "alice", "--remove")
    assert "still staff, by the group Administrators" in ran.out
    assert (again(alice).is_staff, groups(alice)) == (True, ["Administrators"])
    manage("createmoderator", "alice", "--administrator", "--remove")
    assert (again(alice).is_staff, groups(alice)) == (False, [])
    ran = manage("createmoderator", "alice", "--remove")
    assert (ran.code, "is not in the group Moderators" in ran.out) == (0, True)
    assert AuditEntry.objects.filter(what="changed a role").count() == 2


def test_a_superuser_stays_one(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    manage("createmoderator", "alice")
    assert "superuser" in manage("createmoderator", "alice", "--remove").out
    assert again(alice).is_staff


def test_of_the_second_factor_it_knows(alice: User, settings: Any) -> None:
    settings.ADMIN_SECOND_FACTOR = True
    assert "they have none" in manage("createmoderator", "alice").out
    Authenticator.objects.create(user=alice, type="totp", data={})
    assert "They have a second factor" in manage("createmoderator", "alice").out


def test_their_open_pages_and_sockets_follow(
    alice: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    hints: list[str] = []
    monkeypatch.setattr("chatpoc.live.publishing.hint", lambda _topic, tag, *_: hints.append(tag))
    with django_capture_on_commit_callbacks(execute=True):
        manage("createmoderator", "alice")
    assert {f"people:{alice.pk}", f"access:{alice.pk}"} <= set(hints)


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (lambda bob: bob.erase(), "the account is deleted"),
        (lambda bob: bob.deactivate(), "they deactivated their account"),
        (lambda bob: bob.shut_out(), "they are shut out"),
        (
            lambda bob: User.objects.filter(pk=bob.pk).update(suspended_until=timezone.now() + timedelta(days=1)),
            "they are suspended until",
        ),
    ],
)
def test_who_may_not_come_in_moderates_nothing(bob: User, done: Callable[[User], object], said: str) -> None:
    done(bob)
    ran = manage("createmoderator", str(bob.pk))
    assert (ran.code, said in ran.err) == (1, True)
    assert (again(bob).is_staff, groups(bob)) == (False, [])


@pytest.mark.parametrize(
    "arguments", [["nobody"], ["nobody@example.com"], ["99999999999999999999"], [], ["alice", "bob"]]
)
def test_who_is_not_there(alice: User, bob: User, arguments: list[str]) -> None:
    ran = manage("createmoderator", *arguments)
    assert ran.code == 2
    assert ran.err
    assert "Traceback" not in ran.err
    assert not User.objects.filter(is_staff=True).exists()
