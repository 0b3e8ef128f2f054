"""Production starts only with everything that it needs, safely set; else it says in a sentence how to mend it."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chatpoc.env import BASE

pytestmark = pytest.mark.once

SAFE = {
    "MODE": "production",
    "SECRET_KEY": "k7-Jr2xWqPz0vYt4LmNb8sDf6GhQa1cEuRi3oTy5wXz9KjHgFdSa",
    "ALLOWED_HOSTS": "chat.example.org",
    "DATABASE_URL": "postgres://chat:password@localhost/chat",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
}
# An empty variable is none; a missing one might be found in a developer's .env.
OTHERS = (
    "ADMIN_SECOND_FACTOR",
    "HSTS",
    "SECRET_KEY_FALLBACKS",
    "SECURITY_LOG",
    "SESSION_DAYS",
    "SESSION_IDLE_DAYS",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_POOL",
    "EMAIL_VERIFICATION",
    "LIMITS",
    "MEDIA_ROOT",
    "METRICS_TOKEN",
    "TIME_ZONE",
    "LOG_LEVEL",
    "DEBUG",
)
NEW_KEY = 'python -c "import secrets; print(secrets.token_urlsafe(50))"'
UNSAFE = {
    ("MODE", "prod"): "MODE=prod is not known. Set it to one of these: development, production",
    ("SECRET_KEY", ""): NEW_KEY,
    ("SECRET_KEY", "too-short"): NEW_KEY,
    ("SECRET_KEY", "abc" * 30): NEW_KEY,
    ("SECRET_KEY", "django-insecure-" + SAFE["SECRET_KEY"]): NEW_KEY,
    ("SECRET_KEY", f"# make one with: {NEW_KEY}"): NEW_KEY,
    ("ALLOWED_HOSTS", ""): "ALLOWED_HOSTS=chat.example.org",
    ("ALLOWED_HOSTS", "*"): "ALLOWED_HOSTS=chat.example.org",
    ("ALLOWED_HOSTS", "chat.example.org, *"): "ALLOWED_HOSTS=chat.example.org",
    ("ALLOWED_HOSTS", " , "): "ALLOWED_HOSTS=chat.example.org",
    ("ALLOWED_HOSTS", "https://chat.example.org"): "without https://",
    ("DATABASE_URL", ""): "DATABASE_URL=postgres://user:password@host/name",
    ("DATABASE_URL", "sqlite:////srv/chat.sqlite3"): "DATABASE_URL=postgres://user:password@host/name",
    ("DATABASE_URL", "postgres://chat@localhost"): "DATABASE_URL=postgres://user:password@host/name",
    ("DATABASE_URL", "postgres://chat@localhost:port/chat"): "DATABASE_URL=postgres://user:password@host/name",
    ("DATABASE_URL", "chat"): "DATABASE_URL=postgres://user:password@host/name",
    ("DATABASE_POOL", "many"): "DATABASE_POOL=10",
    ("REDIS_URL", ""): "REDIS_URL=redis://host:6379/0",
    ("REDIS_URL", "localhost:6379"): "REDIS_URL=redis://host:6379/0",
    ("EMAIL_URL", ""): "EMAIL_URL=smtp+tls://user:password@host:587",
    ("EMAIL_URL", "mail.example.org"): "EMAIL_URL=smtp+tls://user:password@host:587",
    ("EMAIL_URL", "consolemail://"): "EMAIL_URL=smtp+tls://user:password@host:587",
    ("EMAIL_URL", "filemail:////srv/mail"): "EMAIL_URL=smtp+tls://user:password@host:587",
    ("EMAIL_VERIFICATION", "maybe"): "mandatory, optional",
    ("LIMITS", "send=many"): "LIMITS=send=30/15s 900/15s",
    ("HSTS", "yes"): "host, subdomains, preload",
    ("SESSION_DAYS", "a month"): "SESSION_DAYS=30",
    ("SESSION_IDLE_DAYS", "0"): "SESSION_IDLE_DAYS=14",
    ("LOG_LEVEL", "loud"): "DEBUG, INFO, WARNING",
    ("METRICS_TOKEN", "short"): "secrets.token_urlsafe(30)",
    ("METRICS_TOKEN", "# make one with a program"): "secrets.token_urlsafe(30)",
}

Answer = subprocess.CompletedProcess[str]


def python(*arguments: str, **changes: str) -> Answer:
    environment = os.environ | dict.fromkeys(OTHERS, "") | SAFE | changes
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=BASE, env=environment, capture_output=True, text=True, check=False, timeout=60)


def look(what: str, **changes: str) -> str:
    """The value of the expression `what`, in a process that has loaded the settings."""
    program = f"import django; django.setup(); from django.conf import settings; print({what})"
    answer = python("-c", program, **({"DJANGO_SETTINGS_MODULE": "chatpoc.settings"} | changes))
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


@pytest.fixture(scope="module")
def refusals() -> dict[tuple[str, str], Answer]:
    """Asked for all at once, since each is a process that takes a second to load Django."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = pool.map(lambda case: python("manage.py", "check", **{case[0]: case[1]}), UNSAFE)
        return dict(zip(UNSAFE, answers, strict=True))


@pytest.mark.parametrize("case", UNSAFE, ids="=".join)
def test_production_refuses_and_says_how_to_mend_it(
    case: tuple[str, str], refusals: dict[tuple[str, str], Answer]
) -> None:
    answer = refusals[case]
    said = answer.stderr.strip().splitlines()[-1]
    assert answer.returncode == 1
    assert said.startswith(f"The settings are wrong, so nothing was done: {case[0]}")
    assert UNSAFE[case] in said


def test_a_safe_production_passes_every_check_that_django_has() -> None:
    answer = python("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout


SEEN = """
import json
import django
django.setup()
from django.conf import settings
from django.test import Client
from chatpoc.storage import NoteCookie
settings.STORAGES.update(staticfiles={"BACKEND": "django.core.files.storage.InMemoryStorage"})
browser = Client(headers={"host": "chat.example.org", "x-forwarded-proto": "https"})
entered, chosen = browser.get("/accounts/login/"), browser.post("/language/", {"language": "pl"})
names = ["NAME", "SECURE", "HTTPONLY", "SAMESITE", "DOMAIN"]
print(json.dumps({
    "cookies": [*entered.cookies.output().splitlines(), *chosen.cookies.output().splitlines()],
    "session": [getattr(settings, f"SESSION_COOKIE_{name}") for name in names],
    "notes": NoteCookie.cookie_name,
    "hsts": entered["Strict-Transport-Security"],
    "admin": settings.ADMIN_SECOND_FACTOR,
}))
"""
OTHERWISE = [{}, {"HSTS": "host", "ADMIN_SECOND_FACTOR": "optional"}, {"HSTS": "preload"}]


@pytest.fixture(scope="module")
def seen() -> list[dict[str, Any]]:
    """What a browser gets from a production that is set up in each of these ways."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        loaded = {"DJANGO_SETTINGS_MODULE": "chatpoc.settings"}
        answers = list(pool.map(lambda changes: python("-c", SEEN, **loaded, **changes), OTHERWISE))
    assert all(answer.returncode == 0 for answer in answers), answers
    return [json.loads(answer.stdout) for answer in answers]


def test_production_s_cookies_belong_to_this_host_and_travel_encrypted(seen: list[dict[str, Any]]) -> None:
    """Scripts read the token's alone, and set it into forms (static/js/csrf.js)."""
    csrf, language = seen[0]["cookies"]
    for cookie, name in ((csrf, "__Host-csrftoken"), (language, "__Host-language")):
        assert cookie.startswith(f"Set-Cookie: {name}=")
        assert {"Path=/", "Secure", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert "HttpOnly" in language
    assert seen[0]["session"] == ["__Host-session", True, True, "Lax", None]
    assert seen[0]["notes"] == "__Host-notes"
    assert 'cookie("__Host-csrftoken") ?? cookie("csrftoken")' in (BASE / "static/js/csrf.js").read_text()


def test_browsers_are_told_to_use_https_for_a_year_and_for_which_hosts(seen: list[dict[str, Any]]) -> None:
    assert [each["hsts"] for each in seen] == [
        "max-age=31536000; includeSubDomains",
        "max-age=31536000",
        "max-age=31536000; includeSubDomains; preload",
    ]


def test_the_admin_wants_a_second_factor_in_production_unless_told_otherwise(seen: list[dict[str, Any]]) -> None:
    assert [each["admin"] for each in seen] == [True, False, True]


def test_debug_is_ignored_in_production_only() -> None:
    assert look("settings.DEBUG", DEBUG="1") == "False"
    assert look("settings.DEBUG", DEBUG="1", MODE="", DATABASE_URL="") == "True"


def test_options_of_the_database_address_reach_the_driver() -> None:
    """?sslmode=verify-full was dropped in silence once: the connection was open to anyone in between."""
    options = look(
        "settings.DATABASES['default']['OPTIONS']", DATABASE_URL=SAFE["DATABASE_URL"] + "?sslmode=verify-full"
    )
    assert "'sslmode': 'verify-full'" in options
    own = look(
        "settings.DATABASES['default']['OPTIONS']",
        DATABASE_URL=SAFE["DATABASE_URL"] + "?connect_timeout=2&options=-c%20lock_timeout%3D1s",
    )
    assert "'connect_timeout': 2" in own
    assert "-c lock_timeout=5s -c idle_in_transaction_session_timeout=30s -c lock_timeout=1s" in own, (
        "the last one counts"
    )
    assert "'pool'" in options


def test_nobody_whose_password_everyone_knows_is_made_in_production() -> None:
    answer = python("manage.py", "seed")
    assert answer.returncode == 1
    assert "not made in production" in answer.stderr


def test_the_mailbox_does_not_exist_in_production() -> None:
    program = "__import__('django.urls').urls.is_valid_path('/dev/mailbox/')"
    assert look(program) == "False"
    assert look(program, EMAIL_URL="smtp://mail.example.org/var/mail") == "False"
    assert look(program, MODE="", EMAIL_URL="", DATABASE_URL="") != "False"


def test_the_sign_in_page_opens_in_production() -> None:
    client = "__import__('django.test').test.Client(headers={'host': 'chat.example.org', 'x-forwarded-proto': 'https'})"
    manifest = "settings.STORAGES.update(staticfiles={'BACKEND': 'django.core.files.storage.InMemoryStorage'})"
    page = look(f"({manifest}, {client}.get('/accounts/login/').status_code)[1]", EMAIL_URL="smtp://mail.example.org/x")
    assert page == "200"
