"""A session and whose it is are read together; what ends the one, or changes the other, holds at the next request."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.conftest import Statements, signed_in

ME = "/accounts/me/"


@pytest.fixture
def browser(alice: User) -> Client:
    """Of Alice, whose session is listed."""
    client = signed_in(alice)
    UserSession.objects.create(user=alice, session_key=client.session.session_key, ip="127.0.0.1")
    return client


def who(client: Client) -> str:
    """By name, or the status of a refusal."""
    answer = client.get(ME, headers={"HX-Request": "true"})
    return next((name for name in ("Alice", "Bob") if name in answer.content.decode()), str(answer.status_code))


def change_session(client: Client, **changed: str) -> None:
    stored = SessionStore(client.session.session_key)
    for key, value in changed.items():
        stored[key] = value
    stored.save()


def test_both_are_one_statement(browser: Client, statements: Statements) -> None:
    who(browser)
    statements.seen.clear()
    who(browser)
    assert len([sql for sql in statements.seen if "django_session" in sql]) == 1
    assert len(statements.seen) == 2, "and the fragment's own"


ENDS: dict[str, Callable[[Client, User], object]] = {
    "it is deleted": lambda client, alice: Session.objects.all().delete(),
    "it is over": lambda client, alice: Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1)),
    "the entry is deleted": lambda client, alice: UserSession.objects.get().delete(),
    "all are ended": lambda client, alice: alice.end_sessions(),
    "its viewer left": lambda client, alice: alice.deactivate(),
    "its viewer was shut out": lambda client, alice: User.objects.filter(pk=alice.pk).update(is_active=False),
    "its viewer was deleted": lambda client, alice: alice.erase(),
    "the password is another": lambda client, alice: User.objects.filter(pk=alice.pk).update(password="!another"),
    "it is from a backend that is not in use": lambda client, alice: change_session(
        client, **{BACKEND_SESSION_KEY: "django.contrib.auth.backends.RemoteUserBackend"}
    ),
    "it was written with a key of somebody else": lambda client, alice: Session.objects.update(session_data="x:y:z"),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_session_that_ended_is_refused_at_once(end: str, browser: Client, alice: User) -> None:
    assert who(browser) == "Alice"
    ENDS[end](browser, alice)
    assert who(browser) == "401"


def test_what_the_list_says_makes_nobody_somebody_else(browser: Client, alice: User, bob: User) -> None:
    """The entry names Bob, what is signed names Alice: who signed in counts."""
    UserSession.objects.update(user=bob)
    assert who(browser) == "Alice"
    change_session(browser, **{SESSION_KEY: str(bob.pk)})  # without the hash of Bob's password
    assert who(browser) == "401"


def test_a_session_that_is_not_listed_is_one(alice: User) -> None:
    assert who(signed_in(alice)) == "Alice"


def test_a_suspended_person_is_told_so_at_once(browser: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(suspended_until=timezone.now() + timedelta(hours=1))
    assert who(browser) == "403"


def test_a_session_made_with_the_key_of_before_goes_on(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert who(browser) == "Alice"
    monkeypatch.setattr(settings, "SECRET_KEY_FALLBACKS", [settings.SECRET_KEY])
    monkeypatch.setattr(settings, "SECRET_KEY", "another one that is long enough for everyone who reads this test")
    assert who(browser) == "Alice"
