"""A password may be anything that is not easy to guess: of any characters, long, pasted, and compared as it was typed."""

import re
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from accounts.passwords import LONGEST
from chatpoc.env import BASE
from tests.conftest import prove

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _hosts(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["talk.sunflowers.example", "testserver"]


@pytest.mark.parametrize(
    "password",
    [
        "onlysmallletters",
        "12907 48311 93",
        "żółć gęślą jaźń",
        "🦊🐙🌵🎻🧭🪁🛶🧩",
        "a b c d e f",
        "correct horse battery staple " * 4,
        "<script>alert(1)</script>",
        "'; DROP TABLE accounts_user; --",
        "kX" * (LONGEST // 2),
        "sunflowers-and-a-fox",
    ],
)
def test_a_password_may_be(password: str, alice: User, client: Client) -> None:
    validate_password(password, alice)
    alice.set_password(password)
    alice.save()
    assert client.post("/accounts/login/", {"login": "alice", "password": password}).status_code == 302


@pytest.mark.parametrize(
    "password",
    [
        "1234567",
        "password1",
        "iloveyou",
        "qwertyuiop",
        "alice123",
        "Alice Moreau",
        "chatpoc2026",
        "ChatPOC!!",
        "sunflowers1",
        "Lobby2026",
        "x" * (LONGEST + 1),
    ],
)
def test_a_password_may_not_be(password: str, alice: User) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, alice)


def test_it_is_compared_as_it_was_typed(alice: User) -> None:
    alice.set_password(" Wonder LAND-9 ")
    alice.save()
    for guess in ("Wonder LAND-9", " wonder land-9 ", " Wonder LAND-9", " Wonder LAND-9 x"):
        answer = Client().post("/accounts/login/", {"login": "alice", "password": guess})
        assert answer.status_code == 200, guess
    assert Client().post("/accounts/login/", {"login": "alice", "password": " Wonder LAND-9 "}).status_code == 302


def test_a_flood_is_refused_before_it_is_hashed(alice: User, as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """As much as a form may hold: the hash would take it, and its time."""
    hashed: list[int] = []

    def encode(_hasher: object, password: str, salt: str) -> str:
        hashed.append(len(password))
        return f"md5${salt}$x"

    monkeypatch.setattr("django.contrib.auth.hashers.MD5PasswordHasher.encode", encode)
    flood = "x" * 600_000
    told = f"{LONGEST} characters at most"
    new = {"name": "Dora", "username": "dora", "email": "dora@example.com", "password1": flood}
    change = {"oldpassword": flood, "password1": flood, "password2": flood}
    assert told in Client().post("/accounts/login/", {"login": "alice", "password": flood}).content.decode()
    assert told in Client().post("/accounts/signup/", new).content.decode()
    assert told in as_alice.post("/accounts/reauthenticate/", {"password": flood}).content.decode()
    assert told in as_alice.post("/accounts/password/change/", change).content.decode()
    assert max(hashed, default=0) <= LONGEST
    Client().post("/accounts/login/", {"login": "alice", "password": "guess"})
    assert 5 in hashed, "this would have seen it"


def test_a_change_needs_the_password_of_now(as_alice: Client, alice: User) -> None:
    new = {"password1": "looking-glass-1", "password2": "looking-glass-1"}
    assert as_alice.post("/accounts/password/change/", {"oldpassword": "guess", **new}).status_code == 200
    assert User.objects.get(pk=alice.pk).check_password("wonderland-9")
    as_alice.post("/accounts/password/change/", {"oldpassword": "wonderland-9", **new})
    assert User.objects.get(pk=alice.pk).check_password("looking-glass-1")


def test_its_fields_hide_it_and_password_managers_know_them(client: Client, as_alice: Client) -> None:
    pages = {
        "/accounts/login/": (client, ["current-password"]),
        "/accounts/signup/": (client, ["new-password"]),
        "/accounts/reauthenticate/": (as_alice, ["current-password"]),
        "/accounts/password/change/": (as_alice, ["current-password", "new-password", "new-password"]),
    }
    for path, (who, wanted) in pages.items():
        html = who.get(path).content.decode()
        fields = [
            tag for tag in re.findall(r"<input[^>]+>", html) if "password" in tag.split('name="')[1].split('"')[0]
        ]
        assert [re.findall(r'autocomplete="([\w-]+)"', tag) for tag in fields] == [[hint] for hint in wanted], path
        assert all('type="password"' in tag and "maxlength" not in tag for tag in fields)


def test_no_script_of_ours_hinders_pasting() -> None:
    """Who listens for it does so to take a picture or many lines, on the composer."""
    listening = {path.name for path in BASE.glob("static/js/*.js") if "paste" in path.read_text()}
    assert not any("password" in (BASE / "static/js" / name).read_text() for name in listening)


def test_it_is_kept_as_argon2(settings: Any) -> None:
    """Django's settings in OWASP's order: memory first. Tests of other things hash faster."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    from chatpoc.settings import PASSWORD_HASHERS

    assert PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
    hasher = Argon2PasswordHasher()
    assert (hasher.memory_cost, hasher.time_cost, hasher.parallelism) >= (19 * 1024, 2, 1)


def test_a_proof_lasts_five_minutes(as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    prove(as_alice)
    assert as_alice.get("/accounts/2fa/totp/activate/").status_code == 200
    now = time.time()
    monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: now + 301)
    assert as_alice.get("/accounts/2fa/totp/activate/").status_code == 302
