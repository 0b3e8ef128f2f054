"""Second factors: how they are kept, and that nothing goes past them."""

import base64
import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from cryptography.fernet import InvalidToken
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.conftest import prove, signed_in

pytestmark = pytest.mark.once

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def guarded(alice: User) -> User:
    """Alice has an authenticator app and recovery codes."""
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    auth.TOTP.activate(alice, SECRET)
    RecoveryCodes.activate(alice)
    return alice


def code(step: int = 0, secret: str = SECRET) -> str:
    return str(auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + step)))


def half_in() -> Client:
    client = Client()
    assert (
        client.post("/accounts/login/", {"login": "alice", "password": "wonderland-9"})["Location"]
        == "/accounts/2fa/authenticate/"
    )
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/").status_code == 200)


def test_secrets_do_not_stand_in_the_database(guarded: User) -> None:
    stored = " ".join(str(data) for data in Authenticator.objects.values_list("data", flat=True))
    assert SECRET not in stored
    seed = Authenticator.objects.get(type="totp").data["secret"]
    assert get_adapter().decrypt(seed) == SECRET
    assert base64.urlsafe_b64decode(seed)[:1] == b"\x80", "a Fernet token"
    for secret in RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes():
        assert secret not in stored


def test_a_former_secret_key_still_opens_them_and_another_does_not(guarded: User, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    assert auth.TOTP(Authenticator.objects.get(type="totp")).validate_code(code())
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        get_adapter().decrypt(Authenticator.objects.get(type="totp").data["secret"])


def test_after_a_lost_secret_key_no_code_is_right_and_the_log_says_why(
    guarded: User, as_alice: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    recovery = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()[0]
    settings.SECRET_KEY_FALLBACKS = []
    settings.SECRET_KEY = "another" * 10
    for guess in (code(), code(secret=""), recovery):
        client = half_in()
        answer = client.post("/accounts/2fa/authenticate/", {"code": guess})
        assert "This code is not right." in answer.content.decode()
        assert not is_in(client)
    assert "SECRET_KEY_FALLBACKS" in caplog.text


def test_a_code_that_confirms_once_more_is_not_right_after_a_lost_secret_key(guarded: User, settings: Any) -> None:
    client = half_in()
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    seed = Authenticator.objects.get(type="totp")
    seed.data["secret"] = "gAAAAA=="
    seed.save()
    Authenticator.objects.filter(type="recovery_codes").delete()
    answer = client.post("/accounts/2fa/reauthenticate/", {"code": code()})
    assert "This code is not right." in answer.content.decode()


def test_after_a_lost_secret_key_the_pages_say_so_and_new_codes_can_be_made(
    guarded: User, as_alice: Client, settings: Any
) -> None:
    settings.SECRET_KEY_FALLBACKS = []
    settings.SECRET_KEY = "another" * 10
    client = signed_in(guarded)
    prove(client)
    for path in ("", "recovery-codes/", "recovery-codes/download/"):
        answer = client.get(f"/accounts/2fa/{path}")
        assert answer.status_code == 200, path
        assert "Your recovery codes cannot be read any more" in answer.content.decode(), path
    assert client.get("/accounts/2fa/recovery-codes/generate/").status_code == 200
    assert client.post("/accounts/2fa/recovery-codes/generate/")["Location"] == "/accounts/2fa/recovery-codes/"
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    fresh = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    assert len(fresh) == 10
    assert all(code in page for code in fresh)
    assert "10 of 10 are left" in client.get("/accounts/2fa/").content.decode()


def test_a_password_alone_is_not_in(guarded: User) -> None:
    client = half_in()
    assert not is_in(client)
    assert "This code is not right." in client.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 302
    assert not is_in(client)
    assert client.post("/accounts/2fa/authenticate/", {"code": code()}).status_code == 302
    assert is_in(client)


def test_a_code_signs_in_once_for_as_long_as_it_is_good(guarded: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who looked over the shoulder. A code is good for three steps of 30 s, and allauth remembers it for one."""
    now = code(step=1)
    for later, expected in ((0, True), (0, False), (31, False), (55, False)):
        now_then = time.time() + later
        monkeypatch.setattr(time, "time", lambda: now_then)  # noqa: B023  (used within this turn)
        client = half_in()
        client.post("/accounts/2fa/authenticate/", {"code": now})
        assert is_in(client) is expected, later
        monkeypatch.undo()


def test_a_recovery_code_signs_in_once(guarded: User) -> None:
    recovery = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()[0]
    for expected in (True, False):
        client = half_in()
        client.post("/accounts/2fa/authenticate/", {"code": recovery})
        assert is_in(client) is expected


@pytest.mark.parametrize("way", ["a mailed code", "a reset password"])
def test_no_other_way_in_goes_past_the_second_step(guarded: User, mailoutbox: list[EmailMessage], way: str) -> None:
    client = Client()
    if way == "a mailed code":
        client.post("/accounts/login/code/", {"email": guarded.email})
        mailed = re.search(r"^([A-Z0-9-]{4,})$", str(mailoutbox[-1].body), re.MULTILINE)
        assert mailed
        answer = client.post("/accounts/login/code/confirm/", {"code": mailed[1]})
        assert answer["Location"] == "/accounts/2fa/authenticate/"
    else:
        client.post("/accounts/password/reset/", {"email": guarded.email})
        mailed = re.search(r"http://testserver(/\S+)", str(mailoutbox[-1].body))
        assert mailed
        form = client.get(mailed[1])["Location"]
        client.post(form, {"password1": "looking-glass-1", "password2": "looking-glass-1"})
    assert not is_in(client)


def test_guessing_codes_is_stopped(guarded: User) -> None:
    client = half_in()
    answers = [client.post("/accounts/2fa/authenticate/", {"code": f"00000{n}"}).content.decode() for n in range(8)]
    assert "Too many failed" in answers[-1]
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert not is_in(client)


PROTECTED = [
    "totp/deactivate/",
    "webauthn/add/",
    "recovery-codes/",
    "recovery-codes/generate/",
    "recovery-codes/download/",
]


@pytest.mark.parametrize("path", PROTECTED)
def test_what_changes_or_shows_a_factor_asks_for_the_password_once_more(
    as_alice: Client, guarded: User, path: str
) -> None:
    answer = as_alice.get(f"/accounts/2fa/{path}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=")


def test_each_change_is_told_by_mail(
    transactional_db: None, as_alice: Client, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    prove(as_alice)
    page = as_alice.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret">(\w+)<', page)
    assert secret
    as_alice.post("/accounts/2fa/totp/activate/", {"code": code(secret=secret[1])})
    as_alice.post("/accounts/2fa/recovery-codes/generate/")
    as_alice.post("/accounts/2fa/totp/deactivate/")
    assert sorted(mail.subject.removeprefix("[ChatPOC] ") for mail in mailoutbox) == [
        "Authenticator app turned off",
        "Authenticator app turned on",
        "New recovery codes",
    ]
