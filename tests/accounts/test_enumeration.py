"""No page, mail or clock tells whether an address has an account; where emails are confirmed, sign-up does not either."""

import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.once

Ask = Callable[[Client, str], Any]


def log_in(client: Client, email: str) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": "a-wrong-pass-1"})


def log_in_by_handle(client: Client, email: str) -> Any:
    return client.post("/accounts/login/", {"login": email.partition("@")[0], "password": "a-wrong-pass-1"})


def ask_for_a_code(client: Client, email: str) -> Any:
    return client.post("/accounts/login/code/", {"email": email})


def reset(client: Client, email: str) -> Any:
    return client.post("/accounts/password/reset/", {"email": email})


def sign_up(client: Client, email: str) -> Any:
    data = {"name": "Eve Eriksen", "username": "eve", "email": email, "password1": "a-fine-pass-99"}
    return client.post("/accounts/signup/", data)


WAYS = [log_in, log_in_by_handle, ask_for_a_code, reset, sign_up]
every_way = pytest.mark.parametrize("ask", WAYS, ids=lambda way: way.__name__)


@pytest.fixture(autouse=True)
def _as_in_production(settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True


class Hashed:
    def __init__(self) -> None:
        self.count = 0


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Hashed:
    """How often a password was hashed: 60 ms each, which is what a clock could tell."""
    seen, encode = Hashed(), MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        seen.count += 1
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return seen


def seen_by(ask: Ask, email: str) -> tuple[int, str, str, str]:
    """Everything that an answer tells, and the page that it leads to; without what was typed and what is drawn anew."""
    cache.clear()
    client = Client()
    answer = ask(client, email)
    page = client.get(answer["Location"]) if answer.status_code == 302 else answer
    html = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", page.content.decode())
    shown = html.replace(email, "").replace(f'"{email.partition("@")[0]}"', "")
    return answer.status_code, answer.get("Location", ""), " ".join(sorted(client.cookies)), shown


@every_way
def test_a_known_and_an_unknown_address_get_the_same_answer(ask: Ask, alice: User) -> None:
    known, unknown = seen_by(ask, "alice@example.com"), seen_by(ask, "nobody@example.com")
    assert known == unknown
    assert ask in {log_in, log_in_by_handle} or known[0] == 302


@every_way
def test_both_get_as_many_mails(ask: Ask, alice: User, mailoutbox: list[EmailMessage]) -> None:
    for email in ("alice@example.com", "nobody@example.com"):
        seen_by(ask, email)
    told = [mail.to[0] for mail in mailoutbox]
    assert told == ([] if ask in {log_in, log_in_by_handle} else ["alice@example.com", "nobody@example.com"])


@every_way
def test_both_take_as_many_hashes(ask: Ask, alice: User, hashed: Hashed) -> None:
    counts = []
    for email in ("alice@example.com", "nobody@example.com"):
        before = hashed.count
        seen_by(ask, email)
        counts.append(hashed.count - before)
    assert counts[0] == counts[1]
    assert counts[0] == (0 if ask in {reset, ask_for_a_code} else 1)


@pytest.mark.parametrize("ask", [log_in, log_in_by_handle, sign_up], ids=lambda way: way.__name__)
def test_both_take_as_long(ask: Ask, alice: User, settings: Any) -> None:
    """With the hash that production has. The bound is loose: one hash more or less would double the time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    alice.set_password("wonderland-9")
    alice.save()
    times: dict[str, list[float]] = {"alice@example.com": [], "nobody@example.com": []}
    for _ in range(7):
        for email, taken in times.items():
            cache.clear()
            User.objects.filter(handle="eve").delete() if ask is sign_up else None
            client = Client()
            started = time.process_time()  # of all its threads; what else the machine does is not in it
            ask(client, email)
            taken.append(time.process_time() - started)
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert 0.67 < known / unknown < 1.5


def test_a_wrong_code_tells_no_more_for_one_address_than_for_another(alice: User) -> None:
    pages = []
    for email in ("alice@example.com", "nobody@example.com"):
        for ask, path in ((ask_for_a_code, "/accounts/login/code/confirm/"), (sign_up, "/accounts/confirm-email/")):
            cache.clear()
            client = Client()
            ask(client, email)
            html = client.post(path, {"code": "WRONG1"}).content.decode()
            pages.append(re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", html).replace(email, ""))
            User.objects.filter(handle="eve").delete()
    assert pages[:2] == pages[2:]
    assert all("Incorrect code" in page for page in pages)


def test_a_handle_is_public_and_sign_up_may_tell_that_it_is_taken(client: Client, alice: User) -> None:
    data = {"name": "Eve", "username": "alice", "email": "eve@example.com", "password1": "a-fine-pass-99"}
    assert "This handle is taken." in client.post("/accounts/signup/", data).content.decode()
