"""LOG_FORMAT=json: one object a line, by which request and socket, and nothing of what people say, type or are called."""

import io
import json
import logging
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from chat.models import Room
from chatpoc import ids
from chatpoc.asgi import application
from chatpoc.logs import Brief, InOneLine
from chatpoc.paths import shown_path
from chatpoc.structured import Structured
from tests.site.test_static_files import ask

pytestmark = pytest.mark.once

asgi: Any = application


class Lines(logging.StreamHandler[io.StringIO]):
    """The console of production."""

    def __init__(self) -> None:
        super().__init__(io.StringIO())
        self.setFormatter(Structured())
        for each in (Brief(), InOneLine()):
            self.addFilter(each)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.told if line["logger"] == logger]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


logger = logging.getLogger("chatpoc.test")


class CanaryError(Exception):
    pass


def fail(*_: Any, **__: Any) -> Any:
    canary_in_a_local = "canary-local"
    raise CanaryError(f"canary-said by who@example.com {canary_in_a_local}")


def test_what_production_logs_by_is_this(lines: Lines) -> None:
    logging_: Any = django_settings.LOGGING
    assert logging_["formatters"]["json"]["()"] == "chatpoc.structured.Structured"
    assert logging_["handlers"]["console"]["filters"] == ["brief", "troubles"]
    logger.warning("A hint for %s was not sent (%s).", "room:5", ConnectionError("canary"))
    (line,) = lines.told
    assert line.pop("time").endswith("Z")
    assert line.pop("process")
    assert line == {
        "level": "WARNING", "logger": "chatpoc.test", "message": "A hint for room:5 was not sent (ConnectionError).",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "args", "shown"),
    [
        ("one\ntwo {}\u2028\x1b[2J", (), "one"),
        ("From %s", ("who@example.com",), "From …"),
        ("At %s", ("https://chat.example.org/find/?q=canary#x",), "At https://chat.example.org"),
        ("To %s", ("postgres://chat:canary@db.example.org/chat",), "To postgres://db.example.org"),
        ("%r of %d %s", (object(), 7, b"canary"), "'object' of 7 bytes"),
        ("%(what)s", ({"what": ValueError("canary")},), "ValueError"),
        ("x" * 9000, (), "x" * 500),
        ("Task exception was never retrieved\nfuture: <Task exception=ValueError('canary')>", (), None),
    ],
)
def test_what_others_put_into_an_event_is_not_told(lines: Lines, said: str, args: Any, shown: str | None) -> None:
    logger.error(said, *args)
    assert lines.told[0]["message"] == (shown or said.partition("\n")[0])
    assert len(lines.text.splitlines()) == 1
    assert "canary" not in lines.text


def test_what_is_refused_is_named_by_its_kind_and_a_wrong_host_as_it_was(lines: Lines) -> None:
    """Django's message is the exception's, and that may quote the name of a file, or a form."""
    logging.getLogger("django.security.SuspiciousFileOperation").error("The path (/canary/x) is outside")
    logging.getLogger("django.security.DisallowedHost").error("Invalid HTTP_HOST header: 'evil.test'.")
    assert [line["message"] for line in lines.told] == [
        "Refused: SuspiciousFileOperation", "Invalid HTTP_HOST header: 'evil.test'.",
    ]  # fmt: skip


def test_an_event_that_is_written_wrong_is_told_all_the_same() -> None:
    record = logging.LogRecord("chatpoc.test", logging.ERROR, "x.py", 1, "100 % of nothing", ("x",), None)
    assert json.loads(Structured().format(record))["message"] == "100 % of nothing"


def test_of_an_error_the_places_are_told_and_those_that_led_to_it(lines: Lines) -> None:
    try:
        try:
            fail()
        except CanaryError as error:
            raise IntegrityError("DETAIL: Failing row contains (canary)") from error
    except IntegrityError:
        logger.exception("It broke")
    (line,) = lines.told
    assert [error["type"] for error in line["error"]] == ["IntegrityError", "CanaryError"]
    assert line["error"][1]["at"][-1].startswith("tests/site/test_structured_logs.py:")
    assert line["error"][1]["at"][-1].endswith(" fail")
    assert "canary" not in lines.text.replace("CanaryError", "")


def test_a_traceback_that_is_the_message_is_told_the_same_way(lines: Lines) -> None:
    try:
        fail()
    except CanaryError:
        import traceback

        logging.getLogger("daphne.http_protocol").error(traceback.format_exc())
    (line,) = lines.told
    assert line["error"][0]["type"] == "CanaryError"
    assert sys.exc_info() == (None, None, None)
    assert "canary" not in lines.text


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "/"),
        ("/rooms/42/messages/", "/rooms/42/messages/"),
        ("/accounts/password/reset/key/1-canary/", "/accounts/password/reset/key/…/"),
        ("/who@example.com", "/…"),
        ("/people/alice/", "/people/…/"),
        ("/rooms/99999999999999999999/", "/rooms/…/"),
        ("/a" * 500, "/…" * 11),
    ],
)
def test_of_an_address_the_words_of_our_own_and_numbers_are_told(path: str, shown: str) -> None:
    assert shown_path(path) == shown


def test_each_request_has_an_id_that_its_answer_and_its_lines_name(lines: Lines, settings: Any, db: None) -> None:
    _, headers, _ = ask(asgi, "/who@example.com/?q=canary", referer="http://x/?canary", cookie="sessionid=canary")
    access, refused = lines.of("chatpoc.access")[0], lines.of("django.request")[0]
    assert access["request"] == refused["request"] == headers["x-request-id"]
    assert {name: access[name] for name in ("message", "method", "path", "status")} == {
        "message": "answered", "method": "GET", "path": "/…/", "status": 404,
    }  # fmt: skip
    assert access["ms"] > 0
    assert (refused["message"], refused["path"], refused["status"]) == ("Not Found: /…/", "/…/", 404)
    _, other, _ = ask(asgi, "/who@example.com/")
    assert other["x-request-id"] != headers["x-request-id"]
    assert "canary" not in lines.text
    assert "example.com" not in lines.text


GIVEN = "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ([GIVEN], True),
        ([str(uuid.UUID(GIVEN))], True),
        (["short"], False),
        (["x" * 65], False),
        ([f"{GIVEN}\n"], False),
        (["who@example.com"], False),
        (["a b c d e f g h"], False),
        ([GIVEN, GIVEN], False),
        ([], False),
    ],
)
def test_that_of_the_proxy_is_taken_where_it_is_one(settings: Any, given: list[str], taken: bool) -> None:  # noqa: FBT001
    headers = [(b"x-request-id", value.encode()) for value in given]
    settings.TRUSTED_REQUEST_ID = True
    assert (ids.of_request(headers) in given) is taken
    settings.TRUSTED_REQUEST_ID = False
    made = ids.of_request(headers)
    assert made not in given
    assert len(made) == 32


def test_what_fails_says_where_and_nothing_of_whom_or_what(
    lines: Lines, as_alice: Client, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room.objects.create(kind=Room.Kind.CLOSED, name="canary-room")
    room.join(alice)
    monkeypatch.setattr("chat.views.messages.MessageForm", fail)
    as_alice.raise_request_exception = False
    body = {"body": "canary-body", "client_id": "canary-id"}
    referer = {"referer": "https://testserver/find/?q=canary-referer"}
    path = f"/rooms/{room.pk}/messages/"
    assert as_alice.post(f"{path}?q=canary-query", body, headers=referer).status_code == 500
    (line,) = [line for line in lines.of("django.request") if line["level"] == "ERROR"]
    assert line["message"] == f"Internal Server Error: {path}"
    assert (line["method"], line["path"], line["status"]) == ("POST", path, 500)
    assert line["error"][0]["type"] == "CanaryError"
    assert line["error"][0]["at"][-1].endswith(" fail")
    strict = Client(enforce_csrf_checks=True)
    strict.post("/accounts/login/", {"login": alice.email}, headers=referer)
    strict.post("/accounts/login/", secure=True, headers={"referer": "https://evil.test/?q=canary-elsewhere"})
    strict.get("/", headers={"host": "evil.test"})
    assert {"django.security.csrf", "django.security.DisallowedHost"} <= {line["logger"] for line in lines.told}
    private = ["canary-", "example.com", alice.name, bob.name, str(as_alice.cookies["sessionid"].value)]
    assert [word for word in private if word in lines.text] == []


def test_who_signs_in_is_a_number_with_fields_of_its_own(lines: Lines, alice: User) -> None:
    for password in ("canary-guess", "wonderland-9"):
        Client().post("/accounts/login/", {"login": alice.email, "password": password})
    failed, came = lines.of("chatpoc.security")
    assert (failed["message"], failed["person"], failed["level"]) == ("failed to sign in", "-", "WARNING")
    assert (came["message"], came["person"], came["by"], came["address"]) == (
        "signed in", alice.pk, "password", "127.0.0.1",
    )  # fmt: skip
    assert not [word for word in ("canary", "wonderland", alice.email) if word in lines.text]
