"""Moderators and Administrators, ready to use: each may do just what the table says, and who has no permission is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.groups import ADMINISTRATORS, MODERATORS
from accounts.models import AuditEntry, User
from chat.models import Room
from tests.conftest import Say, make_person, signed_in

pytestmark = pytest.mark.once

PEOPLE = "/admin/accounts/user/"
WHY = {"post": "yes", "because": "spam"}
# By the address under a person, and what is sent: who of a clerk (no permission), a Moderator, an Administrator may.
TABLE: dict[str, tuple[dict[str, str], str]] = {
    "suspension/": (WHY | {"length": "week"}, "-ma"),
    "suspension/end/": (WHY, "-ma"),
    "exclusion/": (WHY, "-ma"),
    "readmission/": (WHY, "-ma"),
    "sign-out/": (WHY, "-ma"),
    "two-factor/": (WHY, "--a"),
    "messages/": (WHY | {"which": "day"}, "-ma"),
    "change/": ({"name": "Robert", "handle": "bob"}, "--a"),
    "delete/": ({"post": "yes"}, "--a"),
}
ACTIONS = {
    "suspend": "suspension/",
    "unsuspend": "suspension/end/",
    "shut_out": "exclusion/",
    "let_in": "readmission/",
    "sign_out": "sign-out/",
    "reset_two_factor": "two-factor/",
    "take_down": "messages/",
    "delete_selected": "delete/",
}
# Lists of the admin, and adding to them.
LISTS = {
    "accounts/user/": ("-ma", "---"),
    "accounts/auditentry/": ("--a", "---"),
    "chat/message/": ("-ma", "---"),
    "chat/room/": ("-ma", "---"),
    "presence/connection/": ("-ma", "---"),
    "usersessions/usersession/": ("-ma", "---"),
    "account/emailaddress/": ("--a", "---"),
    "mfa/authenticator/": ("--a", "---"),
    "auth/group/": ("--a", "---"),
}


@pytest.fixture
def staff(db: None) -> dict[str, Client]:
    people = {key: make_person(f"staff_{key}", f"Staff {key}", is_staff=True) for key in "cma"}
    people["m"].groups.add(Group.objects.get(name=MODERATORS))
    people["a"].groups.add(Group.objects.get(name=ADMINISTRATORS))
    return {key: signed_in(person) for key, person in people.items()}


def ready(bob: User, way: str) -> None:
    """So that there is something to do."""
    User.objects.filter(pk=bob.pk).update(suspended_until=None, is_active=True, name="Bob")
    if way == "suspension/end/":
        bob.suspend(by=None, until=timezone.now() + timedelta(hours=1), because="x")
    if way == "readmission/":
        bob.shut_out()


@pytest.mark.parametrize("way", TABLE)
def test_each_group_may_do_to_a_person_what_the_table_says(staff: dict[str, Client], bob: User, way: str) -> None:
    sent, may = TABLE[way]
    for key, client in staff.items():
        ready(bob, way)
        path = f"{PEOPLE}{bob.pk}/{way}"
        page = client.get(f"{PEOPLE}{bob.pk}/change/").content.decode()
        offered = path in page if way != "change/" else 'name="_save"' in page
        assert offered is (key in may), (way, key, "what one may not do is not shown")
        answer = client.post(path, sent)
        assert answer.status_code == (302 if key in may else 403), (way, key)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_same_from_the_list(staff: dict[str, Client], bob: User, action: str) -> None:
    sent, may = TABLE[ACTIONS[action]]
    for key, client in staff.items():
        ready(bob, ACTIONS[action])
        page = client.get(PEOPLE)
        if key != "c":
            assert (f'value="{action}"' in page.content.decode()) is (key in may), (action, key)
        before = AuditEntry.objects.count()
        answer = client.post(PEOPLE, sent | {"action": action, "_selected_action": str(bob.pk)})
        assert answer.status_code == (302 if key in may else 403), (action, key)
        nothing_to_do = {"reset_two_factor", "take_down"}  # he has no factor, and said nothing
        assert (AuditEntry.objects.count() > before) is (key in may and action not in nothing_to_do), (action, key)


@pytest.mark.parametrize("path", LISTS)
def test_each_group_sees_the_lists_that_the_table_says(staff: dict[str, Client], path: str) -> None:
    see, add = LISTS[path]
    for key, client in staff.items():
        assert client.get(f"/admin/{path}").status_code == (200 if key in see else 403), (path, key)
        assert client.get(f"/admin/{path}add/").status_code == (200 if key in add else 403), (path, key)


def test_no_group_gives_power(staff: dict[str, Client], bob: User) -> None:
    powers = {"is_staff": "on", "is_superuser": "on", "email": "mine@example.com", "groups": [1, 2]}
    assert staff["a"].post(f"{PEOPLE}{bob.pk}/change/", {"name": "B", "handle": "bob"} | powers).status_code == 302
    stored = User.objects.get(pk=bob.pk)
    assert (stored.name, stored.email, stored.is_staff, stored.is_superuser) == ("B", bob.email, False, False)
    assert not stored.groups.exists()
    group = Group.objects.get(name=ADMINISTRATORS)
    assert staff["a"].post(f"/admin/auth/group/{group.pk}/change/", {"name": "x"}).status_code == 403


def test_what_operators_change_of_a_group_stays(db: None) -> None:
    group = Group.objects.get(name=MODERATORS)
    given = set(group.permissions.values_list("codename", flat=True))
    assert {"view_report", "change_heldmessage", "add_holdrule", "delete_connection", "delete_message"} <= given
    assert not given & {"change_user", "read_direct_messages", "view_auditentry", "delete_user"}
    group.permissions.remove(Permission.objects.get(codename="delete_message"))
    Group.objects.get(name=ADMINISTRATORS).delete()
    call_command("migrate", verbosity=0)
    assert not group.permissions.filter(codename="delete_message").exists()
    again = Group.objects.get(name=ADMINISTRATORS).permissions.filter(codename="read_direct_messages")
    assert again.exists(), "what is not there is made"


# What the pages do


def test_a_suspension_takes_a_reason_a_time_and_what_becomes_of_the_messages(
    staff: dict[str, Client], bob: User, alice: User, direct: Room, say: Say
) -> None:
    say(direct, bob, "spam")
    path = f"{PEOPLE}{bob.pk}/suspension/"
    for wrong in ({}, {"length": "week"}, {"length": "date", "because": "x"}, {"length": "year", "because": "x"},
                  {"length": "date", "until": "2001-01-01T10:00", "because": "x"},
                  {"length": "date", "until": "9999-12-31T23:59", "because": "x"},
                  {"length": "date", "until": "soon", "because": "x"},
                  {"length": "day", "because": "y" * 301}, {"length": "day", "because": "x", "which": "some"}):  # fmt: skip
        answer = staff["m"].post(path, {"post": "yes", **wrong})
        assert answer.status_code == 422, wrong
        assert 'class="errorlist' in answer.content.decode(), wrong
        if because := wrong.get("because"):
            assert because in answer.content.decode(), "what was typed stays"
    assert not User.objects.get(pk=bob.pk).is_suspended
    kept = {"length": "day", "because": "Be <kind>", "which": ""}
    assert staff["m"].post(path, kept).status_code == 302
    assert direct.messages.get().deleted_at is None
    page = staff["m"].get(f"{PEOPLE}{bob.pk}/change/").content.decode()
    assert "suspended until" in page
    assert "Be &lt;kind&gt;" in page
    assert staff["m"].post(path, kept | {"which": "all"}).status_code == 302
    assert direct.messages.get().deleted_because == "Be <kind>"
    User.objects.get(handle="staff_m").user_permissions.clear()
    Group.objects.get(name=MODERATORS).permissions.remove(Permission.objects.get(codename="delete_message"))
    assert 'name="which"' not in staff["m"].get(path).content.decode()


def test_of_many_at_once_those_are_left_out_who_may_not_be_touched(
    staff: dict[str, Client], bob: User, alice: User
) -> None:
    root = User.objects.create_superuser("root@example.com", "root")
    own = User.objects.get(handle="staff_m")
    selected = {"action": "suspend", "_selected_action": [bob.pk, alice.pk, root.pk, own.pk]}
    asked = staff["m"].post(PEOPLE, selected)
    assert asked.status_code == 200
    assert "Bob Okafor" in asked.content.decode()
    assert f'name="_selected_action" value="{bob.pk}"' in asked.content.decode()
    done = staff["m"].post(PEOPLE, selected | WHY | {"length": "hour"}, follow=True)
    assert "Done for 2 of 4 people." in done.content.decode()
    suspended = User.objects.filter(suspended_until__isnull=False).values_list("pk", flat=True)
    assert set(suspended) == {bob.pk, alice.pk}
    for state, names in {"suspended": {"bob", "alice"}, "active": {"root", "staff_c", "staff_m", "staff_a"}}.items():
        page = staff["m"].get(PEOPLE, {"state": state})
        assert {person.handle for person in page.context["cl"].queryset} == names
    for way in ("suspension/", "exclusion/", "sign-out/", "messages/"):
        for person in (root, own):
            assert staff["m"].post(f"{PEOPLE}{person.pk}/{way}", TABLE[way][0]).status_code == 403


def test_who_lost_their_phone_is_told_that_their_factors_are_gone(
    staff: dict[str, Client],
    bob: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    auth.TOTP.activate(bob, "JBSWY3DPEHPK3PXP")
    with django_capture_on_commit_callbacks(execute=True):
        assert staff["a"].post(f"{PEOPLE}{bob.pk}/two-factor/", WHY).status_code == 302
        assert not mailoutbox
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([bob.email], "[ChatPOC] Authenticator app turned off")]
    noted = AuditEntry.objects.get()
    assert (noted.what, noted.person, noted.details, noted.reason, noted.address) == (
        "reset two-factor", bob, "totp", "spam", "127.0.0.1"
    )  # fmt: skip


def test_a_session_that_is_ended_in_its_list_is_noted_too(staff: dict[str, Client], bob: User) -> None:
    his = signed_in(bob)
    row = UserSession.objects.create(user=bob, session_key=his.session.session_key, ip="10.0.0.1", user_agent="x")
    assert staff["m"].post(f"/admin/usersessions/usersession/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff["a"].post(f"/admin/usersessions/usersession/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert his.get("/").status_code == 302
    assert AuditEntry.objects.get().what == "ended sessions"
