"""Through the admin nobody gets into an account that is not theirs, nor gets more power: not by an address, a second factor, a
session or a group. And in production nobody gets into it without a second factor."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.conftest import make_person, prove, signed_in
from tests.site.test_doors import ROUTES, example

pytestmark = pytest.mark.once

SECRET = "JBSWY3DPEHPK3PXP"
SESSIONS = "/admin/usersessions/usersession/"
ADDRESSES = "/admin/account/emailaddress/"
FACTORS = "/admin/mfa/authenticator/"
GROUPS = "/admin/auth/group/"


@pytest.fixture
def staff(db: None) -> User:
    """Has every permission that there is, and is no superuser."""
    person = make_person("steward", "Stefan Steward", password="stewardship-3", is_staff=True)
    person.user_permissions.set(Permission.objects.all())
    return person


@pytest.fixture
def root(db: None) -> User:
    return make_person("root", "Root", password="looking-glass-1", is_staff=True, is_superuser=True)


@pytest.fixture
def address(root: User) -> EmailAddress:
    return EmailAddress.objects.create(user=root, email=root.email, verified=False, primary=True)


@pytest.fixture
def factor(root: User) -> Authenticator:
    auth.TOTP.activate(root, SECRET)
    return RecoveryCodes.activate(root).instance


def session_of(person: User) -> tuple[Client, UserSession]:
    client = signed_in(person)
    key = client.session.session_key
    return client, UserSession.objects.create(user=person, session_key=key, ip="10.0.0.1", user_agent="x")


def act(by: User, path: str, action: str, *rows: Any) -> int:
    data = {"action": action, "_selected_action": [row.pk for row in rows], "post": "yes"}
    return signed_in(by).post(path, data).status_code


def test_staff_change_no_address_and_confirm_none(staff: User, address: EmailAddress) -> None:
    client = signed_in(staff)
    mine = {"user": staff.pk, "email": "mine@example.com", "verified": "on", "primary": "on"}
    assert client.get(ADDRESSES, {"q": "root"}).status_code == 200
    assert client.get(f"{ADDRESSES}{address.pk}/change/").status_code == 200
    assert client.post(f"{ADDRESSES}{address.pk}/change/", mine).status_code == 403
    assert client.post(f"{ADDRESSES}add/", mine).status_code == 403
    assert client.post(f"{ADDRESSES}{address.pk}/delete/", {"post": "yes"}).status_code == 403
    act(staff, ADDRESSES, "make_verified", address)
    assert list(EmailAddress.objects.values_list("user", "email", "verified")) == [
        (address.user_id, address.email, False)
    ]


def test_a_superuser_confirms_an_address_for_who_gets_no_mail(root: User, address: EmailAddress) -> None:
    assert act(root, ADDRESSES, "make_verified", address) == 302
    address.refresh_from_db()
    assert address.verified


def test_staff_take_no_second_factor_and_see_no_secret(staff: User, root: User, factor: Authenticator) -> None:
    client = signed_in(staff)
    page = client.get(f"{FACTORS}{factor.pk}/change/")
    assert page.status_code == 200
    assert factor.data["seed"] not in page.content.decode()
    assert (
        client.post(f"{FACTORS}{factor.pk}/change/", {"user": staff.pk, "type": "totp", "data": "{}"}).status_code
        == 403
    )
    assert client.post(f"{FACTORS}add/", {"user": staff.pk, "type": "totp", "data": "{}"}).status_code == 403
    assert client.post(f"{FACTORS}{factor.pk}/delete/", {"post": "yes"}).status_code == 403
    act(staff, FACTORS, "delete_selected", factor)
    assert Authenticator.objects.filter(user=root).count() == 2


def test_a_superuser_takes_a_lost_factor_away_and_its_owner_is_told(
    root: User,
    alice: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    auth.TOTP.activate(alice, SECRET)
    RecoveryCodes.activate(alice)
    with django_capture_on_commit_callbacks(execute=True):
        assert act(root, FACTORS, "delete_selected", *Authenticator.objects.all()) == 302
        assert not mailoutbox, "nothing is told that could be rolled back"
    assert not Authenticator.objects.exists()
    assert {mail.subject.removeprefix("[ChatPOC] ") for mail in mailoutbox} == {
        "Authenticator app turned off",
        "Recovery codes taken away",
    }
    assert [mail.to for mail in mailoutbox] == [[alice.email]] * 2


def test_recovery_codes_go_with_the_last_factor_that_they_stood_in_for(
    root: User,
    alice: User,
    mailoutbox: list[EmailMessage],
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    """Else the admin would ask who lost their phone for a code, and never offer to set another factor up."""
    caplog.set_level("INFO", "chatpoc.security")
    app = auth.TOTP.activate(alice, SECRET).instance
    RecoveryCodes.activate(alice)
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(root).post(f"{FACTORS}{app.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Authenticator.objects.exists()
    assert len(mailoutbox) == 2
    assert caplog.text.count(f"removed a second factor person={alice.pk} ") == 2


def test_staff_end_a_member_s_session_and_no_superuser_s(staff: User, root: User, bob: User) -> None:
    (theirs, high), (his, low) = session_of(root), session_of(bob)
    assert signed_in(staff).post(f"{SESSIONS}{high.pk}/delete/", {"post": "yes"}).status_code == 403
    assert act(staff, SESSIONS, "delete_selected", high, low) == 403
    assert theirs.get("/").status_code == his.get("/").status_code == 200
    assert act(staff, SESSIONS, "delete_selected", low) == 302
    assert his.get("/").status_code == 302
    assert act(root, SESSIONS, "delete_selected", high) == 302
    assert theirs.get("/").status_code == 302


def test_staff_move_no_session_and_see_no_key(staff: User, root: User) -> None:
    _, entry = session_of(root)
    client = signed_in(staff)
    for path in (SESSIONS, f"{SESSIONS}?q=root", f"{SESSIONS}{entry.pk}/change/"):
        page = client.get(path)
        assert page.status_code == 200
        assert entry.session_key not in page.content.decode()
    assert client.post(f"{SESSIONS}{entry.pk}/change/", {"user": staff.pk, "ip": "10.0.0.2"}).status_code == 403
    entry.refresh_from_db()
    assert entry.user_id == root.pk


def test_staff_give_themselves_nothing_through_a_group(staff: User, root: User) -> None:
    group = Group.objects.create(name="helpers")
    staff.groups.add(group)
    client = signed_in(staff)
    every = {"name": "helpers", "permissions": [permission.pk for permission in Permission.objects.all()]}
    assert client.get(f"{GROUPS}{group.pk}/change/").status_code in {200, 403}
    assert client.post(f"{GROUPS}{group.pk}/change/", every).status_code == 403
    assert client.post(f"{GROUPS}add/", every | {"name": "more"}).status_code == 403
    assert client.post(f"{GROUPS}{group.pk}/delete/", {"post": "yes"}).status_code == 403
    assert not group.permissions.exists()
    assert signed_in(root).post(f"{GROUPS}{group.pk}/change/", every).status_code == 302
    assert group.permissions.exists()


@pytest.mark.parametrize("door", ["page", "list"])
def test_with_an_account_go_the_ways_into_it(staff: User, bob: User, door: str) -> None:
    staff.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "delete_user"]))
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)
    auth.TOTP.activate(bob, SECRET)
    theirs, _ = session_of(bob)
    if door == "page":
        assert signed_in(staff).post(f"/admin/accounts/user/{bob.pk}/delete/", {"post": "yes"}).status_code == 302
    else:
        assert act(staff, "/admin/accounts/user/", "delete_selected", bob) == 302
    assert not User.objects.filter(pk=bob.pk).exists()
    assert not EmailAddress.objects.exists()
    assert not Authenticator.objects.exists()
    assert theirs.get("/").status_code == 302


def test_nobody_changes_a_password_in_the_admin(root: User, bob: User) -> None:
    page = signed_in(root).get(f"/admin/accounts/user/{bob.pk}/change/").content.decode()
    assert bob.password not in page
    assert 'name="password"' not in page


def test_every_model_in_the_admin_is_one_that_was_thought_about() -> None:
    """What a package registers by itself comes with no thought of ours: allauth's could be changed by any staff."""
    ours = {model_admin.__class__.__module__.partition(".")[0] for model_admin in admin.site._registry.values()}
    assert ours == {"accounts", "chat", "presence"}


def half_staff(settings: Any, person: User) -> Client:
    settings.ADMIN_SECOND_FACTOR = True
    client = Client()
    client.post("/accounts/login/", {"login": person.handle, "password": "looking-glass-1"})
    return client


def code(step: int = 0) -> str:
    return str(auth.format_hotp_value(auth.hotp_value(SECRET, int(time.time()) // 30 + step)))


def test_a_password_alone_does_not_open_the_admin_in_production(root: User, settings: Any) -> None:
    client = half_staff(settings, root)
    settings.LIMITS = {}  # there are more routes than somebody may ask for at once
    for route in ROUTES:
        if route.startswith("admin/") and route not in {"admin/logout/", "admin/login/"}:
            for answer in (client.get(example(route)), client.post(example(route))):
                assert answer["Location"].startswith("/admin/login/?next="), route
    assert client.get("/admin/login/")["Location"] == client.post("/admin/login/")["Location"] == "/accounts/2fa/"
    assert "The admin asks for a second factor." in client.get("/admin/", follow=True).content.decode()


def test_who_has_a_second_factor_is_asked_for_it_and_led_on(root: User, settings: Any) -> None:
    client = half_staff(settings, root)
    assert client.get("/").status_code == 200, "before there was a factor"
    auth.TOTP.activate(root, SECRET)
    asked = client.get("/admin/accounts/user/", follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Faccounts%2Fuser%2F"
    answer = client.post(asked.redirect_chain[-1][0], {"code": code(), "next": "/admin/accounts/user/"})
    assert answer["Location"] == "/admin/accounts/user/"
    assert client.get("/admin/accounts/user/").status_code == 200


def test_the_admin_is_open_after_a_log_in_with_two_factors_and_shut_after_one(root: User, settings: Any) -> None:
    auth.TOTP.activate(root, SECRET)
    client = half_staff(settings, root)
    assert client.get("/admin/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert client.get("/admin/").status_code == 200
    prove(signed_in(root), "looking-glass-1")
    assert signed_in(root).get("/admin/").status_code == 302


def test_a_second_factor_makes_nobody_staff(as_bob: Client, bob: User, settings: Any) -> None:
    settings.ADMIN_SECOND_FACTOR = True
    auth.TOTP.activate(bob, SECRET)
    assert as_bob.get("/admin/", follow=True).status_code == 403
