"""When the chat fails, neither the page nor the log nor a mail to ADMINS says what people said, typed or looked for."""

import logging
import re
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from chatpoc.logs import OneLine
from tests.authorisation.people import World

FORM = {"body": "canary-typed", "password": "canary-password"}


class CanaryError(Exception):
    """What it says may be private, too."""


def fail(*arguments: Any) -> Any:
    canary_in_a_local = f"canary-local {arguments}"
    assert canary_in_a_local
    raise CanaryError


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_failure_tells_where_and_nothing_of_what(
    world: World, method: str, caplog: pytest.LogCaptureFixture, settings: Any, mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.ADMINS = [("Operator", "operator@example.com")]
    monkeypatch.setattr("chat.views.messages.asked_for", fail)
    monkeypatch.setattr("chat.views.messages.MessageForm", fail)
    caplog.set_level(logging.DEBUG)
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = world.sessions["member"]
    path = f"/rooms/{world.rooms['closed'].pk}/messages/?q=canary-looked-for"
    referer = {"Referer": "http://testserver/find/?q=canary-referer"}
    answer = getattr(client, method)(path, FORM, headers=referer)
    assert answer.status_code == 500
    (mail,) = mailoutbox
    mailed = "\n".join(
        [str(mail.subject), str(mail.body), *(str(part[0]) for part in getattr(mail, "alternatives", []))]
    )
    for told in (answer.content.decode(), answer.headers.__str__(), as_logged(caplog), mailed):
        assert "canary-" not in told
        assert world.sessions["member"] not in told
    for told in (as_logged(caplog), mailed):
        assert "in fail" in told, "the traceback is there"


def as_logged(caplog: pytest.LogCaptureFixture) -> str:
    """By the formatter of our settings."""
    line = OneLine("{levelname} {name}: {message}", style="{")
    return "\n".join(
        line.format(logging.makeLogRecord(record.__dict__ | {"exc_text": None})) for record in caplog.records
    )


def test_what_a_database_says_of_a_row_is_not_logged() -> None:
    said = 'violates check constraint "x"\nDETAIL:  Failing row contains (7, canary\n\nbody, 2026).'
    try:
        try:
            raise ValueError(said)
        except ValueError as error:
            raise RuntimeError(said) from error
    except RuntimeError:
        logged = OneLine().formatException(__import__("sys").exc_info())
    assert "canary" not in logged
    assert logged.count('violates check constraint "x"') == 2
    assert "The above exception was the direct cause" in logged
    assert re.search(r"RuntimeError: .*\Z", logged)


def test_what_templates_tell_of_their_contexts_is_not_logged_at_any_level() -> None:
    """A name that is not found is told with all that is there: rooms and people by name."""
    assert not logging.getLogger("django.template").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("django.db.backends").isEnabledFor(logging.DEBUG), "statements with what is in them"
