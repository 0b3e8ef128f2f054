"""`manage.py seed` as who types it meets it: options, refusals, help, progress."""

import itertools
from typing import Any

import pytest
from django.core.management import CommandError

from accounts.models import User
from chat.management.commands import seed as command
from chat.models import Message, Room
from chat.seeding.progress import Progress
from tests.chat.seeding import SMALL, forget_all, rows, seed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"people": -3}, "--people -3: give a number from 2"),
        ({"people": 1}, "--people 1: give"),
        ({"people": 4, "rooms": 21}, "4 people cannot fill 21 rooms: give at most --rooms 20, or at least --people 5"),
        ({"rooms": -1}, "--rooms -1"),
        ({"messages": -1}, "--messages -1"),
        ({"days": 0}, "--days 0"),
        ({"locale": "en,xx"}, "--locale xx is not known. There are: en, pl, de, fr, es, ja, ar, all."),
        ({"locale": ","}, "names no language"),
        ({"people": 5, "until": "yesterday"}, "--until yesterday is no moment"),
        ({"people": 5, "until": "2026-13-01"}, "is no moment"),
        ({"people": 5, "until": "2999-01-01"}, "is yet to come"),
    ],
    ids=str,
)
def test_what_cannot_be_made_is_refused_with_a_reason(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(CommandError) as refusal:
        seed(**options)
    assert complaint in str(refusal.value)
    assert not User.objects.exists()


def test_somebody_who_has_the_handle_of_one_of_them_keeps_it() -> None:
    seed(**SMALL)
    handle = User.objects.order_by("pk")[5].handle
    forget_all()
    User.objects.create_user("real@example.com", handle)
    with pytest.raises(CommandError, match=f"@{handle} is somebody else here"):
        seed(**SMALL)
    assert User.objects.count() == 1


def test_a_dry_run_says_what_it_would_make_and_writes_nothing() -> None:
    told = seed(**SMALL, dry_run=True)
    assert "12 people" in told
    assert "4 rooms" in told
    assert "500 messages from 2026-01-30 12:00 to 2026-03-01 12:00" in told
    assert not User.objects.exists()
    assert not Room.objects.exists()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({}, "add --in-production --yes-really chat.example.org"),
        ({"yes_really": "chat.example.org"}, "add --in-production"),
        ({"in_production": True}, "no name is not this site"),
        ({"in_production": True, "yes_really": "chat"}, "chat is not this site"),
    ],
    ids=str,
)
def test_in_production_it_is_refused_unless_told_twice(
    monkeypatch: pytest.MonkeyPatch, settings: Any, options: dict[str, Any], complaint: str
) -> None:
    monkeypatch.setattr(command, "PRODUCTION", True)
    settings.ALLOWED_HOSTS = ["chat.example.org", "localhost"]
    with pytest.raises(CommandError) as refusal:
        seed(**SMALL, **options)
    assert complaint in str(refusal.value)
    assert not User.objects.exists()


@pytest.mark.parametrize("typed", [True, False])
def test_in_production_nobody_can_sign_in_as_them(
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    typed: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(command, "PRODUCTION", True)
    settings.ALLOWED_HOSTS = ["chat.example.org"]
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "chat.example.org\n"

    monkeypatch.setattr("sys.stdin.isatty", lambda: typed)
    monkeypatch.setattr("builtins.input", answer)
    told = seed(**SMALL, in_production=True, yes_really=None if typed else "chat.example.org")
    assert ("Type chat.example.org to go on" in "".join(asked)) is typed
    assert "password" not in told
    assert Message.objects.count() == 500
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_without_options_it_is_the_demo() -> None:
    assert "demo people" in seed()
    assert User.objects.filter(handle="alice").exists()
    before = rows()
    assert seed() == ""
    assert rows() == before


def test_the_help_teaches_by_example() -> None:
    text = command.Command().create_parser("manage.py", "seed").format_help()
    assert "  manage.py seed --people 20   " in text, "its lines are kept"
    assert "exit status" in text


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_a_bar_on_a_terminal_and_a_line_now_and_then_elsewhere(terminal: bool) -> None:  # noqa: FBT001
    clock, told = itertools.count(0.0, 0.25), list[str]()
    progress = Progress(told.append, terminal=terminal, clock=lambda: next(clock))
    for step in range(101):
        progress("messages", step * 100, 10_000)
    progress.end()
    text = "".join(told)
    assert "400/s" in text
    assert "10,000 of 10,000" in text
    assert ("\r" in text) is ("#" * 30 in text) is terminal
    assert terminal or len(told) < 10
