"""A session begins with a new key, lasts while it is used, but not for ever, and leaves nothing behind."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chatpoc import memory
from tests.conftest import Statements, prove

pytestmark = pytest.mark.once


class Clock:
    """What time it is for the sessions."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.real, self.passed = timezone.now, timedelta()
        monkeypatch.setattr(timezone, "now", self.now)

    def now(self) -> datetime:
        return self.real() + self.passed

    def is_in(self, client: Client, days: float) -> bool:
        """Do they get in, so many days after the beginning?"""
        self.passed = timedelta(days=days)
        cache.clear()  # what is remembered for five minutes
        memory.forget_all()
        return bool(client.get("/").status_code == 200)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    settings.SESSION_IDLE, settings.SESSION_LONGEST = timedelta(days=2), timedelta(days=5)
    settings.SESSION_COOKIE_AGE = 2 * 24 * 3600
    return Clock(monkeypatch)


def log_in(person: User) -> Client:
    client = Client()
    password = {"alice": "wonderland-9", "bob": "builder-2000"}[person.handle]
    assert client.post("/accounts/login/", {"login": person.handle, "password": password}).status_code == 302
    return client


def test_who_stays_away_is_signed_out(clock: Clock, alice: User) -> None:
    there, away, long_ago = log_in(alice), log_in(alice), log_in(alice)
    assert clock.is_in(there, 1.9)
    assert clock.is_in(away, 1.9)
    assert clock.is_in(there, 3.5)
    assert not clock.is_in(away, 4)
    assert not clock.is_in(long_ago, 2.1), "not even one request"


def test_who_is_there_every_day_is_signed_out_in_the_end(clock: Clock, alice: User) -> None:
    client = log_in(alice)
    for day in (0.5, 1.5, 2.5, 3.5, 4.5):
        assert clock.is_in(client, day)
        prove(client)  # what else is written into a session makes it no longer
    assert int(client.cookies["sessionid"]["max-age"]) <= 0.5 * 24 * 3600, "the browser lets go of it as well"
    assert clock.is_in(client, 4.9)
    assert not clock.is_in(client, 5.1)
    assert clock.is_in(log_in(alice), 5.2), "a new log-in is a new beginning"


def test_a_session_is_not_written_each_time_it_is_used(clock: Clock, alice: User, statements: Statements) -> None:
    client = log_in(alice)
    clock.is_in(client, 0.1)
    statements.seen.clear()
    for minutes in range(10):
        clock.is_in(client, 0.1 + minutes * 0.001)
    assert [sql for sql in statements.writes if "django_session" in sql] == []


def test_a_log_in_takes_no_key_from_before_it(alice: User, mailoutbox: list[EmailMessage]) -> None:
    """Somebody who planted a key, or read one before the log-in, is not in with it."""
    client = Client()
    client.cookies["sessionid"] = "planted0planted0planted0planted0"
    client.post("/accounts/login/code/", {"email": alice.email})
    before = client.cookies["sessionid"].value
    assert before != "planted0planted0planted0planted0"
    code = re.search(r"^([A-Z0-9-]{4,})$", str(mailoutbox[-1].body), re.MULTILINE)
    assert code
    client.post("/accounts/login/code/confirm/", {"code": code[1]})
    assert client.get("/").status_code == 200
    after = client.cookies["sessionid"].value
    assert after != before
    assert not Session.objects.filter(session_key=before).exists()
    assert len(after) == 32, "of 36 letters each: 165 bits, drawn by the operating system's generator"


def test_what_is_over_is_forgotten_at_the_next_log_in_of_anybody(clock: Clock, alice: User, bob: User) -> None:
    log_in(bob)
    UserSession.objects.create(user=bob, session_key="gone", ip="10.0.0.1", user_agent="x")  # its session is not there
    clock.passed = timedelta(days=1.5)
    used = log_in(bob)
    assert clock.is_in(used, 1.5)
    kept = used.cookies["sessionid"].value
    clock.passed = timedelta(days=3.4)
    log_in(alice)
    left = Session.objects.exclude(session_key=kept).get()
    assert left.expire_date > clock.now(), "Alice's own"
    assert set(UserSession.objects.values_list("session_key", flat=True)) == {kept, left.session_key}


def test_who_stayed_away_while_the_time_for_that_was_made_shorter_is_signed_out_too(
    clock: Clock, alice: User, bob: User, settings: Any
) -> None:
    away, there = log_in(bob), log_in(bob)
    assert clock.is_in(away, 0)
    settings.SESSION_IDLE = timedelta(days=0.1)
    assert clock.is_in(there, 1.05)
    clock.passed = timedelta(days=1.12)
    log_in(alice)
    assert not clock.is_in(away, 1.12), "nobody would see it in the list of sessions, and it would go on"
    assert clock.is_in(there, 1.12)
