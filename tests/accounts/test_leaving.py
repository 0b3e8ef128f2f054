"""Leaving for a while, with a way back, and for good."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from chat.models import Membership, Message, Room
from tests.conftest import Say, prove, signed_in

pytestmark = pytest.mark.once

DEACTIVATION, DELETION = "/accounts/account/deactivation/", "/accounts/account/deletion/"


def link(mail: EmailMessage) -> str:
    found = re.search(r"http://testserver(/accounts/account/return/\S+)", str(mail.body))
    assert found
    return found[1]


def log_in(login: str, password: str = "wonderland-9") -> Any:  # noqa: S107
    return Client().post("/accounts/login/", {"login": login, "password": password})


def is_in(client: Client) -> bool:
    return bool(client.get("/").status_code == 200)


@pytest.mark.parametrize("path", [DEACTIVATION, DELETION])
def test_leaving_asks_for_the_password_first_and_then_once_more(as_alice: Client, alice: User, path: str) -> None:
    for answer in (as_alice.get(path), as_alice.post(path)):
        assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    alice.refresh_from_db()
    assert alice.is_active
    prove(as_alice)
    assert "</form>" in as_alice.get(path).content.decode()
    alice.refresh_from_db()
    assert alice.is_active, "a link or an image makes nobody leave"


def test_who_deactivates_is_out_everywhere_and_comes_back_by_a_mailed_link(
    as_alice: Client, as_bob: Client, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    elsewhere = signed_in(alice)
    elsewhere.get("/accounts/sessions/")
    UserSession.objects.create(user=alice, session_key=elsewhere.session.session_key, ip="10.0.0.1")
    prove(as_alice)
    page = as_alice.post(DEACTIVATION, follow=True).content.decode()
    assert "The way back is in a mail to alice@example.com" in page
    assert not is_in(as_alice)
    assert not is_in(elsewhere)
    assert "Alice" not in as_bob.get("/people/").content.decode()
    assert mailoutbox[-1].to == ["alice@example.com"]

    way = link(mailoutbox[-1])
    assert "Alice Moreau" in Client().get(way).content.decode()
    assert not User.objects.get(pk=alice.pk).is_active, "a mail scanner that opens the link changes nothing"
    assert Client().post(way)["Location"] == "/accounts/login/"
    assert User.objects.get(pk=alice.pk).is_active
    assert not is_in(elsewhere), "a session that ended does not come back"
    assert log_in("alice")["Location"] == "/"
    assert "invalid" in Client().post(way).content.decode()


def test_the_right_password_sends_the_link_again_and_a_wrong_one_tells_nothing(
    alice: User, mailoutbox: list[EmailMessage]
) -> None:
    alice.deactivate()
    assert "are not correct" in log_in("alice", "guess").content.decode()
    assert not mailoutbox
    for _ in range(2):
        assert log_in("alice")["Location"] == "/accounts/inactive/"
    assert len(mailoutbox) == 1, "at most one a minute"
    Client().post(link(mailoutbox[0]))
    assert User.objects.get().is_active


@pytest.mark.parametrize("path", ["/accounts/password/reset/", "/accounts/login/code/"])
def test_who_is_away_and_forgot_the_password_gets_the_link_too(
    alice: User, mailoutbox: list[EmailMessage], path: str
) -> None:
    alice.deactivate()
    Client().post(path, {"email": "Alice@example.com"})
    Client().post(link(mailoutbox[0]))
    assert User.objects.get().is_active


def test_the_way_back_does_not_lead_past_a_ban(alice: User, mailoutbox: list[EmailMessage]) -> None:
    alice.deactivate()
    log_in("alice")
    way = link(mailoutbox[0])
    admin = signed_in(User.objects.create_superuser("root@example.com", "root"))
    for act in ("exclusion", "readmission", "exclusion"):
        assert admin.post(f"/admin/accounts/user/{alice.pk}/{act}/", {"post": "yes"}).status_code == 302
    assert "invalid" in Client().post(way).content.decode()
    assert not User.objects.get(pk=alice.pk).is_active


@pytest.mark.parametrize("meanwhile", ["deleted", "shut out", "back", "left again"])
def test_a_link_is_void_if_it_lost_its_meaning_between_the_look_and_the_deed(
    alice: User, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    alice.deactivate()
    log_in("alice")
    read = User.objects.get(pk=alice.pk)
    monkeypatch.setattr("accounts.views.leaving.who_comes_back", lambda key: read)
    {"deleted": alice.erase, "shut out": alice.shut_out, "back": alice.come_back, "left again": alice.deactivate}[
        meanwhile
    ]()
    before = User.objects.filter(pk=alice.pk).values().get()
    assert "invalid" in Client().post(link(mailoutbox[0])).content.decode()
    assert User.objects.filter(pk=alice.pk).values().get() == before


@pytest.mark.parametrize("key", ["x", "WzEsIDJd:1xVXIu:forged", ":" * 3000, "é"])
def test_a_made_up_link_brings_nobody_back(alice: User, key: str) -> None:
    alice.deactivate()
    assert "invalid" in Client().post(f"/accounts/account/return/{key}/").content.decode()
    assert not User.objects.get().is_active


def test_a_deleted_account_leaves_its_messages_and_nothing_else(
    as_alice: Client, as_bob: Client, alice: User, direct: Room, say: Say, mailoutbox: list[EmailMessage]
) -> None:
    Room.objects.lobby().join(alice)
    say(direct, alice, "kept for ever")
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    Authenticator.objects.create(user=alice, type="totp", data={})
    LogEntry.objects.create(user=alice, content_type=ContentType.objects.get_for_model(User), object_id=str(alice.pk),
                            object_repr=str(alice), action_flag=CHANGE)  # fmt: skip
    prove(as_alice)
    page = as_alice.post(DELETION, follow=True).content.decode()
    assert "Your account is deleted." in page
    assert not is_in(as_alice)
    assert mailoutbox[-1].to == ["alice@example.com"]

    gone = User.objects.get(pk=alice.pk)
    assert (gone.name, gone.is_active, gone.has_usable_password()) == ("Deleted account", False, False)
    assert Message.objects.get().author == gone
    for model in (EmailAddress, Authenticator, UserSession, Membership):
        assert not model.objects.filter(user=gone).exists(), model
    everything = " ".join(map(str, [*User.objects.filter(pk=gone.pk).values(), *LogEntry.objects.values()])).lower()
    assert "alice" not in everything
    assert "moreau" not in everything
    room = as_bob.get(f"/rooms/{direct.pk}/").content.decode()
    assert "kept for ever" in room
    assert "Deleted account" in room
    assert "Alice" not in room


def test_a_deleted_accounts_handle_and_email_are_free_again(alice: User) -> None:
    alice.erase()
    again = User.objects.create_user("alice@example.com", "alice", "looking-glass-1", name="Alice the second")
    assert log_in("alice", "looking-glass-1").status_code == 302
    again.erase()
    assert User.objects.filter(name="Deleted account").count() == 2


def test_nobody_signs_up_as_a_deleted_account(db: None) -> None:
    data = {"name": "X", "username": "-123", "email": "x@example.com", "password1": "a-fine-pass-99"}
    assert (
        "small letters, digits or underscores, and starts" in Client().post("/accounts/signup/", data).content.decode()
    )


def test_the_database_refuses_a_deleted_account_that_is_active(alice: User) -> None:
    alice.erase()
    with pytest.raises(IntegrityError, match="who_left_is_not_active"), transaction.atomic():
        User.objects.filter(pk=alice.pk).update(is_active=True)


def test_a_deletion_that_fails_halfway_is_none(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(User, "_forget_who", lambda self: 1 / 0)
    EmailAddress.objects.create(user=alice, email=alice.email)
    with pytest.raises(ZeroDivisionError):
        alice.erase()
    assert EmailAddress.objects.filter(user=alice).exists()
