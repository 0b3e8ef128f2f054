"""What is logged: who came in and who failed to; nothing secret; and no line that somebody else wrote."""

import logging
import re
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.conf import settings
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from chat.models import Room
from chatpoc.logs import OneLine
from tests.conftest import prove

pytestmark = pytest.mark.once

FORGED = "x\n2026-01-01T00:00:00.000Z WARNING chatpoc.security: signed in person=1\r\x1b[2J\u2028"


def line(message: str, *args: object, exc_info: Any = None) -> str:
    record = logging.LogRecord("chatpoc.test", logging.WARNING, "x.py", 1, message, args, exc_info)
    return OneLine("{asctime} {levelname} {name}: {message}", style="{").format(record)


def test_what_people_type_begins_no_line_of_its_own() -> None:
    said = line("Refused: %s", FORGED)
    assert len(said.splitlines()) == 1
    assert "\\n2026" in said
    assert not set(said) & set("\n\r\x1b\u2028")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING chatpoc\.test: Refused: x", said)


def test_nor_does_it_within_a_traceback() -> None:
    try:
        raise ValueError(FORGED)
    except ValueError as error:
        said = line("It broke", exc_info=(type(error), error, error.__traceback__)).split("\n")
    assert said[0].endswith("WARNING chatpoc.test: It broke")
    assert len(said) > 3
    assert all(rest.startswith("  | ") for rest in said[1:])


def test_the_console_logs_so() -> None:
    logging_: Any = settings.LOGGING
    assert logging_["formatters"]["line"]["()"] == "chatpoc.logs.OneLine"
    assert {name: handler["formatter"] for name, handler in logging_["handlers"].items()} == {"console": "line"}
    assert set(logging_["root"]["handlers"]) == {"console"}


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The events, without the addresses that all of them have."""
    records = [record for record in caplog.records if record.name == "chatpoc.security"]
    assert all("address=127.0.0.1" in record.getMessage() for record in records)
    return [record.getMessage().replace(" address=127.0.0.1", "") for record in records]


def test_who_comes_in_fails_to_and_changes_how_is_logged(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    client = Client()
    for password in ("guess", "wonderland-9"):
        client.post("/accounts/login/", {"login": "alice", "password": password})
    new = {"oldpassword": "wonderland-9", "password1": "looking-glass-1", "password2": "looking-glass-1"}
    client.post("/accounts/password/change/", new)
    auth.TOTP.activate(alice, "JBSWY3DPEHPK3PXP")
    client.post("/accounts/logout/")
    client.post("/accounts/login/", {"login": "alice", "password": "looking-glass-1"})
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    person = f"person={alice.pk}"
    failed, *rest = told(caplog)
    assert re.fullmatch(r"failed to sign in person=- name=[0-9a-f]{12}", failed)
    assert rest == [
        f"signed in {person} by=password",
        f"changed the password {person}",
        f"signed out {person}",
        f"failed the second step {person}",
    ]
    levels = [record.levelname for record in caplog.records if record.name == "chatpoc.security"]
    assert levels == ["WARNING", "INFO", "INFO", "INFO", "WARNING"]


def test_tries_at_one_account_can_be_told_from_tries_at_many(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("alice", "ALICE", "bob"):
        Client().post("/accounts/login/", {"login": name, "password": "guess"})
    one, same, other = told(caplog)
    assert one == same != other


def test_what_is_refused_is_logged(
    as_alice: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_alice.get("/rooms/999999/")
    as_alice.get("/admin/", follow=True)
    as_alice.get("/", headers={"host": "evil.example"})
    Client(enforce_csrf_checks=True).post("/accounts/login/")
    monkeypatch.setattr("chat.views.people.Order", None)
    as_alice.raise_request_exception = False
    as_alice.get("/people/")
    found = {record.name for record in caplog.records}
    assert found >= {"django.request", "django.security.csrf", "django.security.DisallowedHost"}
    assert "ERROR" in {record.levelname for record in caplog.records if record.name == "django.request"}
    assert "Not Found: /rooms/999999/" in caplog.text
    assert "Forbidden (Permission denied): /admin/login/" in caplog.text
    assert "Internal Server Error: /people/" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_nothing_secret_is_logged_even_at_the_lowest_level(
    alice: User, bob: User, direct: Room, caplog: pytest.LogCaptureFixture, mailoutbox: list[EmailMessage]
) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client()
    client.post("/accounts/login/", {"login": "typed-the-password-here", "password": "canary-wrong"})
    client.post("/accounts/login/code/", {"email": alice.email})
    code = re.search(r"^([A-Z0-9-]{4,})$", str(mailoutbox[-1].body), re.MULTILINE)
    Client().post("/accounts/password/reset/", {"email": bob.email})
    reset = re.search(r"/key/\w+-([\w-]+)/", str(mailoutbox[-1].body))
    assert code
    assert reset
    client.post("/accounts/login/code/confirm/", {"code": code[1]})
    prove(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    totp = re.search(r'id="authenticator_secret">(\w+)<', page)
    assert totp
    client.post("/accounts/2fa/totp/activate/", {"code": "123456"})
    client.post(f"/rooms/{direct.pk}/messages/", {"body": "canary-message", "client_id": "no-uuid"})
    client.post(f"/rooms/{direct.pk}/messages/", {"body": "canary-message" * 9000})
    client.get("/nothing/")
    secrets = ["canary", "wonderland-9", "typed-the-password", code[1], reset[1], totp[1], "123456"]
    secrets += [cookie.value for cookie in client.cookies.values()]
    assert len(caplog.text) > 100
    assert [secret for secret in secrets if secret and secret in caplog.text] == []
