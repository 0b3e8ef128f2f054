"""Without a mail server what was done stays done, and the page says that no mail could be sent."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client

from accounts.mailing import NO_MAIL
from accounts.models import User
from tests.conftest import prove

pytestmark = pytest.mark.once

LOG_IN = {"login": "alice", "password": "wonderland-9"}


class Down(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError


@pytest.fixture
def down(settings: Any) -> Any:
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    return settings


def test_who_deactivates_is_told_that_no_mail_was_sent(down: Any, as_alice: Client, alice: User) -> None:
    prove(as_alice)
    page = as_alice.post("/accounts/account/deactivation/", follow=True).content.decode()
    assert str(NO_MAIL) in page
    assert "is in a mail" not in page
    assert not User.objects.get().is_active


def test_a_link_that_was_not_sent_is_sent_at_the_next_sign_in(
    down: Any, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    alice.deactivate()
    page = Client().post("/accounts/login/", LOG_IN, follow=True)
    assert page.status_code == 200
    assert str(NO_MAIL) in page.content.decode()
    down.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Client().post("/accounts/login/", LOG_IN)
    assert len(mailoutbox) == 1


def test_a_deletion_without_a_mail_is_one(down: Any, as_alice: Client, alice: User) -> None:
    prove(as_alice)
    page = as_alice.post("/accounts/account/deletion/", follow=True).content.decode()
    assert f"Your account is deleted. {NO_MAIL}" in page
    assert User.objects.get().deleted_at


def test_a_new_password_without_a_mail_is_one(down: Any, as_alice: Client, alice: User) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    new = {"oldpassword": "wonderland-9", "password1": "looking-glass-1", "password2": "looking-glass-1"}
    page = as_alice.post("/accounts/password/change/", new, follow=True)
    assert page.status_code == 200
    assert str(NO_MAIL) in page.content.decode()
    assert User.objects.get().check_password("looking-glass-1")


@pytest.mark.parametrize("verification", ["mandatory", "optional"])
def test_a_sign_up_without_a_mail_is_explained(down: Any, client: Client, db: None, verification: str) -> None:
    down.ACCOUNT_EMAIL_VERIFICATION = verification
    fields = {"name": "Nina", "username": "nina", "email": "nina@example.com", "password1": "sunny-day-42"}
    page = client.post("/accounts/signup/", fields, follow=True)
    assert page.status_code == 200
    assert str(NO_MAIL) in page.content.decode() or verification == "optional"
    assert User.objects.get().handle == "nina"


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_a_reset_without_a_mail_says_so_whoever_asks(down: Any, client: Client, alice: User, email: str) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    page = client.post("/accounts/password/reset/", {"email": email}, follow=True)
    assert page.status_code == 200
    assert str(NO_MAIL) in page.content.decode()
