"""Who is suspended is told until when and why on every page, may do nothing but leave, and comes back by themselves."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from chat.models import Room
from presence.models import Connection, Process
from presence.tags import states
from tests.conftest import Say, make_person, prove, signed_in
from tests.site.test_doors import OPEN as OPEN_TO_ALL
from tests.site.test_doors import ROUTES, example

HX = {"HX-Request": "true"}
SOON = timedelta(hours=1)
POWERS = ["suspend_user", "end_sessions", "reset_two_factor"]


TO_LEAVE = {
    "accounts/account/deletion/",
    "accounts/reauthenticate/",
    "accounts/2fa/reauthenticate/",
    "accounts/2fa/webauthn/reauthenticate/",
}


def suspend(person: User, length: timedelta = SOON, because: str = "Shouting <at> everybody") -> None:
    person.suspend(by=None, until=timezone.now() + length, because=because)


@pytest.fixture
def staff(db: None) -> User:
    return with_powers("dora")


def with_powers(handle: str) -> User:
    person = make_person(handle, handle.title(), is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=[*POWERS, "view_user"]))
    return person


# Every page


def test_every_address_says_until_when_and_why_and_does_nothing(as_bob: Client, bob: User, settings: Any) -> None:
    settings.LIMITS = {}
    suspend(bob)
    before = list(User.objects.order_by("pk").values())
    for route in sorted(set(ROUTES) - OPEN_TO_ALL - TO_LEAVE):
        page, fetched = as_bob.get(example(route)), as_bob.post(example(route), headers=HX)
        assert page.status_code == 403, route
        assert "Shouting &lt;at&gt; everybody" in page.content.decode(), route
        assert (fetched.status_code, fetched["Content-Type"]) == (403, "text/plain; charset=utf-8"), route
        assert "Shouting <at> everybody" in fetched.content.decode(), route
        assert page["X-Suspended"] == fetched["X-Suspended"] == bob.suspended_until.isoformat()  # type: ignore[union-attr]
        assert "no-store" in page["Cache-Control"]
    assert list(User.objects.order_by("pk").values()) == before


def test_the_end_is_said_in_their_own_time_zone_and_language(as_bob: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(
        time_zone="Asia/Tokyo",
        suspended_until=datetime(2099, 11, 30, 20, 30, tzinfo=UTC),
        suspended_because="x",
    )
    assert "Dec. 1, 2099, 5:30 a.m. (JST)" in as_bob.get("/").content.decode()
    assert "1 grudnia 2099" in as_bob.get("/", headers={"Accept-Language": "pl"}).content.decode()


def test_what_was_written_without_javascript_is_on_the_page(as_bob: Client, bob: User, direct: Room) -> None:
    suspend(bob)
    answer = as_bob.post(f"/rooms/{direct.pk}/messages/", {"body": "a <long> letter", "client_id": "x"})
    assert answer.status_code == 403
    assert "a &lt;long&gt; letter" in answer.content.decode()
    assert not direct.messages.exists()


def test_they_may_sign_out_choose_a_language_and_delete_their_account(as_bob: Client, bob: User) -> None:
    suspend(bob)
    assert as_bob.post("/language/", {"language": "pl"}).status_code == 302
    assert "Shouting" in as_bob.get("/").content.decode()
    assert as_bob.get("/accounts/account/deletion/")["Location"].startswith("/accounts/reauthenticate/")
    prove(as_bob, "builder-2000")
    assert as_bob.get("/accounts/account/deletion/").status_code == 200
    other = signed_in(bob)
    assert other.get("/").status_code == 403
    assert other.post("/accounts/logout/").status_code == 302
    assert other.get("/")["Location"].startswith("/accounts/login/")
    assert as_bob.post("/accounts/account/deletion/").status_code == 302
    gone = User.objects.get(pk=bob.pk)
    assert (gone.deleted_at is not None, gone.suspended_until, gone.suspended_because) == (True, None, "")


def test_a_log_in_ends_on_that_page(bob: User) -> None:
    suspend(bob)
    answer = Client().post("/accounts/login/", {"login": "bob", "password": "builder-2000"}, follow=True)
    assert answer.status_code == 403
    assert "Shouting" in answer.content.decode()


def test_a_mailed_code_leads_there_too(bob: User, mailoutbox: list[Any]) -> None:
    suspend(bob)
    client = Client()
    client.post("/accounts/login/code/", {"email": bob.email})
    found = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", str(mailoutbox[-1].body), re.MULTILINE)
    assert found, mailoutbox[-1].body
    answer = client.post("/accounts/login/code/confirm/", {"code": found[1]}, follow=True)
    assert (answer.status_code, "Shouting" in answer.content.decode()) == (403, True)


def test_it_ends_by_itself_and_can_be_shortened_and_extended(as_bob: Client, bob: User) -> None:
    suspend(bob, timedelta(days=30))
    suspend(bob, SOON, "less")
    assert "less" in as_bob.get("/").content.decode()
    User.objects.filter(pk=bob.pk).update(suspended_until=timezone.now())
    assert as_bob.get("/").status_code == 200
    suspend(bob)
    assert as_bob.get("/").status_code == 403
    assert bob.unsuspend(by=None)
    assert as_bob.get("/").status_code == 200
    assert not bob.unsuspend(by=None)
    assert list(AuditEntry.objects.order_by("pk").values_list("what", flat=True)) == ["suspended"] * 3 + ["unsuspended"]


def test_a_suspended_member_of_staff_is_out_of_the_admin(staff: User) -> None:
    client = signed_in(staff)
    assert client.get("/admin/accounts/user/").status_code == 200
    suspend(staff)
    for path in ("/admin/", "/admin/accounts/user/", "/admin/logout/"):
        assert client.get(path).status_code == client.post(path).status_code == 403


def test_the_others_see_them_leave_at_once_and_write_to_them_all_the_same(
    alice: User, bob: User, direct: Room, say: Say
) -> None:
    now = timezone.now()
    process = Process.objects.create(name="one", started_at=now, renewed_at=now, expires_at=now + SOON)
    Connection.objects.create(process=process, user=bob, opened_at=now)
    assert states([str(bob.pk)]) == {str(bob.pk): "online"}
    suspend(bob)
    assert states([str(bob.pk)]) == {str(bob.pk): "offline"}
    assert say(direct, alice, "for later").seq == 1
    bob.unsuspend(by=None)
    assert states([str(bob.pk)]) == {str(bob.pk): "online"}


# Who may


VERBS: dict[str, tuple[str, Callable[[User, User], object]]] = {
    "suspend": ("suspend_user", lambda bob, by: bob.suspend(by=by, until=timezone.now() + SOON, because="x")),
    "unsuspend": ("suspend_user", lambda bob, by: bob.unsuspend(by=by)),
    "shut out": ("suspend_user", lambda bob, by: bob.shut_out(by=by)),
    "let in": ("suspend_user", lambda bob, by: bob.let_in(by=by)),
    "sign out": ("end_sessions", lambda bob, by: bob.sign_out(by=by)),
    "reset two-factor": ("reset_two_factor", lambda bob, by: bob.reset_two_factor(by=by)),
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_asks_who_may(verb: str, staff: User, alice: User, bob: User) -> None:
    permission, act = VERBS[verb]
    root = User.objects.create_superuser("root@example.com", "root")
    act(bob, staff)
    act(bob, root)
    act(staff, root)
    lesser = with_powers("lesser")
    lesser.user_permissions.remove(Permission.objects.get(codename=permission))
    no_staff, left, out = with_powers("anna"), with_powers("lena"), with_powers("otto")
    User.objects.filter(pk=no_staff.pk).update(is_staff=False)
    left.deactivate()
    suspend(out)
    noted = AuditEntry.objects.count()
    for person, by in [(root, staff), (staff, staff), (root, root), (bob, alice)]:
        with pytest.raises(PermissionDenied):
            act(person, by)
    for by in (lesser, no_staff, left, out):
        with pytest.raises(PermissionDenied):
            act(bob, by)
    bob.erase()
    with pytest.raises(PermissionDenied):
        act(bob, root)
    assert AuditEntry.objects.count() == noted, "what was refused is not noted as done"


def test_a_suspension_has_a_reason_and_an_end(staff: User, bob: User) -> None:
    for until, because in [(timezone.now() + SOON, "  "), (timezone.now() - SOON, "x")]:
        with pytest.raises(ValueError, match="reason"):
            bob.suspend(by=staff, until=until, because=because)
    assert not User.objects.get(pk=bob.pk).is_suspended


@pytest.mark.django_db(transaction=True)
def test_of_two_who_suspend_each_other_at_once_one_comes_second_and_may_not() -> None:
    dora, emil = with_powers("dora"), with_powers("emil")
    together, refused = threading.Barrier(2), []

    def act(by: User, person: User) -> None:
        try:
            by, person = (User.objects.get(pk=one.pk) for one in (by, person))  # each request reads them anew
            together.wait(5)
            suspend_as(by, person)
        except PermissionDenied:
            refused.append(by)
        finally:
            connection.close()

    for _ in range(5):
        User.objects.update(suspended_until=None)
        refused.clear()
        threads = [threading.Thread(target=act, args=pair) for pair in ((dora, emil), (emil, dora))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 1
        assert User.objects.filter(suspended_until__isnull=False).count() == 1


def suspend_as(by: User, person: User) -> None:
    person.suspend(by=by, until=timezone.now() + SOON, because="x")


@pytest.mark.django_db(transaction=True)
def test_a_new_password_on_its_way_does_not_end_a_suspension(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """allauth would save the whole row as it was read."""
    client = signed_in(bob)
    check = User.check_password

    def late(self: User, password: str) -> bool:
        found = check(self, password)
        User.objects.get(pk=self.pk).suspend(by=None, until=timezone.now() + SOON, because="x")
        return found

    monkeypatch.setattr(User, "check_password", late)
    new = {"oldpassword": "builder-2000", "password1": "looking-glass-1", "password2": "looking-glass-1"}
    assert client.post("/accounts/password/change/", new).status_code == 302
    stored = User.objects.get(pk=bob.pk)
    assert stored.is_suspended
    assert check(stored, "looking-glass-1")
