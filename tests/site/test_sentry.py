"""To Sentry go what broke and where. Every piece of a request is a canary here, and none may be in what leaves."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from django.core.exceptions import SuspiciousOperation
from django.test import Client
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from accounts.models import User
from chat.models import Room
from chatpoc import ids
from chatpoc.logs import Brief, InOneLine
from chatpoc.sentry import Handler
from tests.database.breaking import SECRET, away_from

pytestmark = pytest.mark.once

DSN = "https://0123456789abcdef@sentry.example.org/7"


class Sent(Transport):
    """Keeps what would leave."""

    envelopes: list[Envelope] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.envelopes.append(envelope)


@pytest.fixture
def sent() -> Iterator[list[Envelope]]:
    """As chatpoc.settings has it: the same handler, with the same filters, at the same level."""
    Sent.envelopes = []
    handler, root = Handler(DSN, transport=Sent), logging.getLogger()
    handler.setLevel("ERROR")
    for each in (Brief(), InOneLine()):
        handler.addFilter(each)
    root.addHandler(handler)
    yield Sent.envelopes
    root.removeHandler(handler)
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def everything(sent: list[Envelope]) -> str:
    return b"\n".join(envelope.serialize() for envelope in sent).decode()


def events(sent: list[Envelope]) -> list[dict[str, Any]]:
    found = [envelope.get_event() for envelope in sent]
    return [json.loads(json.dumps(event, default=str)) for event in found if event]


class CanaryError(Exception):
    pass


def fail(*arguments: Any, **_: Any) -> Any:
    canary_in_a_local = f"local-canary {arguments}"
    raise CanaryError(f"what it says: error-canary {canary_in_a_local}")


def test_a_failure_leaves_with_its_places_and_without_anything_private(
    sent: list[Envelope], as_alice: Client, alice: User, direct: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.views.messages.MessageForm", fail)
    as_alice.raise_request_exception = False
    as_alice.cookies["other"] = "cookie-canary"
    token = ids.request.set("0af7651916cd43dd8448eb211c80319c")
    answer = as_alice.post(
        f"/rooms/{direct.pk}/messages/?q=query-canary",
        {"body": "body-canary", "client_id": "id-canary"},
        headers={
            "referer": "http://testserver/?q=referer-canary",
            "x-other": "header-canary",
            "user-agent": "agent-canary",
        },
    )
    ids.request.reset(token)
    assert answer.status_code == 500
    (event,) = events(sent)
    assert event["level"] == "error"
    assert event["logger"] == "django.request"
    assert event["logentry"] == {"message": f"Internal Server Error: /rooms/{direct.pk}/messages/"}
    assert event["tags"] == {
        "request": "0af7651916cd43dd8448eb211c80319c", "method": "POST", "path": f"/rooms/{direct.pk}/messages/",
        "status": "500",
    }  # fmt: skip
    (error,) = event["exception"]["values"]
    assert error["type"] == "CanaryError"
    assert error["stacktrace"]["frames"][-1]["function"] == "fail"
    assert "raise CanaryError" in error["stacktrace"]["frames"][-1]["context_line"]
    code = everything(sent).replace("error-canary {canary_in_a_local}", "").replace("local-canary {arguments}", "")
    assert "-canary" not in code, "but for the two lines of code above"
    session = str(as_alice.cookies["sessionid"].value)
    private = [session, alice.email, alice.name, "127.0.0.1", "csrf", "vars", "breadcrumbs", "sys.argv"]
    assert [word for word in private if word in code] == []
    assert set(event) <= {
        "event_id", "timestamp", "platform", "level", "logger", "release", "environment", "sdk", "logentry", "tags",
        "exception",
    }  # fmt: skip


def test_what_is_no_error_of_ours_stays(sent: list[Envelope], as_alice: Client, client: Client) -> None:
    """Anybody could send thousands."""
    as_alice.get("/nothing/")
    client.get("/", headers={"host": "evil.test"})
    logging.getLogger("chatpoc.test").warning("hm")
    try:
        raise SuspiciousOperation("canary")
    except SuspiciousOperation:
        logging.getLogger("django.security.SuspiciousOperation").exception("canary")
    assert sent == []


def test_of_a_database_that_is_away_its_code_leaves_and_not_its_words(sent: list[Envelope], as_alice: Client) -> None:
    as_alice.raise_request_exception = False
    with away_from(0):
        assert as_alice.get("/people/").status_code == 503
    assert all(SECRET not in everything([envelope]) for envelope in sent)
    assert all("exception" not in event for event in events(sent))


def test_what_an_event_says_leaves_as_the_log_has_it(sent: list[Envelope]) -> None:
    logging.getLogger("chatpoc.test").error("No mail to %s (%s)", "who@example.com", ValueError("canary"))
    (event,) = events(sent)
    assert event["logentry"] == {"message": "No mail to … (ValueError)"}
    assert "canary" not in everything(sent)
    assert "who@" not in everything(sent)


def test_an_event_of_another_kind_leaves_nearly_empty(sent: list[Envelope]) -> None:
    """Whoever calls the package directly sends no more than the log does."""
    sentry_sdk.set_user({"email": "who@example.com"})
    sentry_sdk.set_tag("room", "canary")
    sentry_sdk.add_breadcrumb(message="canary")
    sentry_sdk.capture_message("canary")
    with sentry_sdk.start_transaction(name="canary"):
        pass
    (event,) = events(sent)
    assert event["level"] == "info"
    assert "canary" not in everything(sent)
    assert "example.com" not in everything(sent)


def test_nothing_is_collected_beside_it(sent: list[Envelope]) -> None:
    assert sentry_sdk.get_client().integrations == {}
