"""An email is confirmed through a mailed link, and changed only once the new one is."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.conftest import prove, signed_in

pytestmark = pytest.mark.once

NEW = "alice@wonderland.example"


def link(mail: EmailMessage) -> str:
    found = re.search(r"http://testserver(/\S+)", str(mail.body))
    assert found
    return found[1]


def ask(client: Client, email: str, action: str = "action_add") -> Any:
    return client.post("/accounts/email/", {"email": email, action: ""})


def log_in(email: str) -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": "wonderland-9"})
    return "_auth_user_id" in client.session


@pytest.fixture
def confirmed(alice: User) -> User:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    return alice


def test_where_emails_are_confirmed_nobody_is_in_before(
    db: None, client: Client, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    data = {"name": "Dora", "username": "dora", "email": "dora@example.com", "password1": "wonderland-9"}
    assert client.post("/accounts/signup/", data)["Location"] == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    assert not log_in("dora@example.com")
    page = client.get(link(mailoutbox[0])).content.decode()
    assert "dora@example.com" in page
    assert not log_in("dora@example.com"), "a mail scanner that opens the link confirms nothing"
    assert client.post(link(mailoutbox[0]))["Location"] == "/accounts/login/"
    assert log_in("dora@example.com")


@pytest.mark.parametrize("key", ["x", "MQ:1xVXIu:forged", ":" * 3000, "é"])
def test_a_made_up_link_confirms_nothing(client: Client, alice: User, key: str) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email)
    assert "invalid" in client.get(f"/accounts/confirm-email/{key}/").content.decode()
    assert client.post(f"/accounts/confirm-email/{key}/").status_code == 404
    assert not EmailAddress.objects.filter(verified=True).exists()


@pytest.mark.parametrize("verified", [True, False])
def test_the_old_email_signs_in_until_the_new_one_is_confirmed(
    as_alice: Client, alice: User, mailoutbox: list[EmailMessage], *, verified: bool
) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=verified, primary=True)
    prove(as_alice)
    assert ask(as_alice, NEW.upper()).status_code == 302
    page = as_alice.get("/accounts/email/").content.decode()
    assert "You sign in with <strong>alice@example.com</strong>" in page
    assert f"{NEW} is not confirmed yet" in page
    assert [mail.to for mail in mailoutbox] == [[NEW]]
    assert log_in("alice@example.com")
    assert as_alice.post(link(mailoutbox[0]))["Location"] == "/accounts/email/"
    assert f"You have confirmed {NEW}." in as_alice.get("/accounts/email/").content.decode()
    assert User.objects.get().email == NEW
    assert log_in(NEW)
    assert not log_in("alice@example.com")
    assert mailoutbox[-1].to == ["alice@example.com"], "the old address is told"


def test_a_change_can_be_thought_better_of(as_alice: Client, confirmed: User, mailoutbox: list[EmailMessage]) -> None:
    prove(as_alice)
    ask(as_alice, "typo@wonderland.example")
    ask(as_alice, NEW)
    ask(as_alice, NEW, "action_remove")
    assert [address.email for address in EmailAddress.objects.all()] == ["alice@example.com"]
    for mail in mailoutbox[:2]:
        as_alice.post(link(mail))
    assert User.objects.get().email == "alice@example.com"


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("", "required"),
        ("wonderland", "valid email"),
        ("a\0@example.com", "valid email"),
        ("a" * 250 + "@example.com", "254 characters fit"),
        ("ALICE@example.com", "already associated with this account"),
        ("BOB@example.com", "has an account already"),
    ],
)
def test_a_change_that_is_wrong_is_explained_and_kept_to_mend(
    as_alice: Client, confirmed: User, bob: User, email: str, reason: str, mailoutbox: list[EmailMessage]
) -> None:
    prove(as_alice)
    html = ask(as_alice, email).content.decode()
    assert reason in re.findall(r'<p class="field-error" id="id_email_error">(.*?)</p>', html)[0]
    assert not email or f'value="{email}"' in html
    assert not mailoutbox


def test_nobody_takes_over_the_email_of_someone_who_has_not_confirmed_it_yet(
    as_alice: Client, confirmed: User, bob: User, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    prove(as_alice)
    assert ask(as_alice, bob.email).status_code == 302, "as for an address that is free: it must not tell"
    assert [mail.to for mail in mailoutbox] == [[bob.email]]
    response = as_alice.post(link(mailoutbox[0]), follow=True)
    assert "Unable to confirm bob@example.com" in response.content.decode()
    assert User.objects.get(pk=confirmed.pk).email == "alice@example.com"
    assert signed_in(bob).get("/").status_code == 200


def test_a_change_asks_for_the_password_first_and_then_goes_on(
    as_alice: Client, confirmed: User, mailoutbox: list[EmailMessage]
) -> None:
    assert ask(as_alice, NEW)["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    assert not mailoutbox
    path = "/accounts/reauthenticate/?next=/accounts/email/"
    as_alice.post(path, {"password": "builder-2000", "next": "/accounts/email/"})
    assert not mailoutbox
    as_alice.post(path, {"password": "wonderland-9", "next": "/accounts/email/"})
    assert [mail.to for mail in mailoutbox] == [[NEW]]


def test_an_email_is_not_changed_through_the_pending_one_of_another(
    as_charlie: Client, as_alice: Client, confirmed: User
) -> None:
    prove(as_alice)
    prove(as_charlie, "chocolate-7")
    ask(as_alice, NEW)
    for action in ("action_remove", "action_primary", "action_send"):
        ask(as_charlie, NEW, action)
    assert EmailAddress.objects.filter(user=confirmed, email=NEW).exists()
    assert not User.objects.filter(email=NEW).exists()
