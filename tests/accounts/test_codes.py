"""Codes and links that are mailed cannot be guessed, are good for a short time, once, and in the browser that asked."""

import re
import time
from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from chatpoc import settings as ours

pytestmark = pytest.mark.once

CODE = re.compile(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", re.MULTILINE)  # of twenty letters and digits or more each: 34 bits


@pytest.fixture
def asked(alice: User) -> Client:
    client = Client()
    client.post("/accounts/login/code/", {"email": alice.email})
    return client


def code_in(mail: EmailMessage) -> str:
    found = CODE.search(str(mail.body))
    assert found
    return found[1]


def enters(client: Client, code: str) -> bool:
    client.post("/accounts/login/code/confirm/", {"code": code})
    return bool(client.get("/").status_code == 200)


def test_a_code_is_good_in_the_browser_that_asked_and_once(asked: Client, mailoutbox: list[EmailMessage]) -> None:
    code = code_in(mailoutbox[0])
    assert not enters(Client(), code)
    assert enters(asked, code)
    asked.post("/accounts/logout/")
    assert not enters(asked, code)


def test_a_newer_code_is_another_and_the_earlier_one_is_none(
    asked: Client, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    other = Client()
    other.post("/accounts/login/code/", {"email": alice.email})
    first, second = map(code_in, mailoutbox)
    assert first != second
    assert not enters(other, first)
    assert enters(other, second)


@pytest.mark.parametrize(("later", "good"), [(170, 1), (190, 0)])
def test_a_code_is_good_for_three_minutes(
    asked: Client, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch, later: int, good: int
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + later)
    assert enters(asked, code_in(mailoutbox[0])) == good


def test_after_three_guesses_a_code_is_none(asked: Client, mailoutbox: list[EmailMessage]) -> None:
    for _ in range(3):
        assert not enters(asked, "AAAA-AAAA")
    assert not enters(asked, code_in(mailoutbox[0]))


@pytest.mark.parametrize(("later", "good"), [(59, 1), (61, 0)])
def test_a_link_to_a_new_password_is_good_for_an_hour(
    alice: User, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch, later: int, good: int
) -> None:
    client = Client()
    client.post("/accounts/password/reset/", {"email": alice.email})
    link = re.search(r"http://testserver(/\S+)", str(mailoutbox[0].body))
    assert link
    moment = datetime.now() + timedelta(minutes=later)  # noqa: DTZ005  (Django's tokens count local time)
    monkeypatch.setattr("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda _self: moment)
    assert ("invalid" not in client.get(link[1], follow=True).content.decode()) == good


def test_a_code_for_an_email_is_good_for_ten_minutes() -> None:
    """In production, where emails are confirmed by codes."""
    assert ours.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT == 600
