"""Requests that no page makes: refused, with a line in the log, and without telling more than a page would."""

import io
import logging
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from accounts.models import User
from chatpoc.asgi import Pages
from chatpoc.logs import Brief
from presence.models import Connection
from tests.conftest import make_person, signed_in


@pytest.fixture
def as_root(db: None) -> Client:
    return signed_in(make_person("root", "Root", is_staff=True, is_superuser=True))


# The admin


@pytest.mark.parametrize(
    "lookup",
    [
        "password__startswith=argon2",  # it would tell the hash, letter by letter
        "email__startswith=a",
        "groups__name__startswith=a",
        "name__regex=(",  # a pattern that the database refuses
        "name__iregex=(a%2B)%2B$",  # and one that keeps it busy
        "name__contains=%00",
        "id__in=x",
        "created_at__gte=x",
    ],
)
def test_a_list_is_filtered_by_what_stands_beside_it_alone(as_root: Client, alice: User, lookup: str) -> None:
    answer = as_root.get(f"/admin/accounts/user/?{lookup}")
    assert answer.status_code == 400
    assert "alice" not in answer.content.decode()


def test_what_stands_beside_a_list_still_filters_it(as_root: Client, alice: User) -> None:
    assert "Alice Moreau" in as_root.get("/admin/accounts/user/?is_staff__exact=0").content.decode()
    assert "Alice Moreau" not in as_root.get("/admin/accounts/user/?is_staff__exact=1").content.decode()
    assert as_root.get("/admin/chat/room/?archived_at__isempty=1&kind__exact=open").status_code == 200
    assert as_root.get("/admin/presence/connection/?active__exact=1").status_code == 200


@pytest.mark.parametrize("path", ["/admin/account/emailaddress/", "/admin/mfa/authenticator/", "/admin/auth/group/"])
def test_so_are_the_lists_of_other_packages(as_root: Client, path: str) -> None:
    assert as_root.get(path).status_code == 200
    assert as_root.get(f"{path}?id__regex=(").status_code == 400


@pytest.mark.parametrize("selected", ["x", "9" * 40, "\0", ""])
@pytest.mark.parametrize("model", ["accounts/user", "chat/room", "presence/connection", "account/emailaddress"])
def test_what_cannot_be_a_row_is_not_one_that_was_selected(as_root: Client, model: str, selected: str) -> None:
    data = {"action": "delete_selected", "_selected_action": selected, "index": "0"}
    assert as_root.post(f"/admin/{model}/", data).status_code in {200, 302, 400, 403}


@pytest.mark.parametrize("key", ["1", "x", "%00", "9" * 40])
def test_what_cannot_be_a_row_has_no_address(as_root: Client, key: str) -> None:
    kind = ContentType.objects.get_for_model(Connection).pk
    assert as_root.get(f"/admin/r/{kind}/{key}/").status_code in {400, 404}


@pytest.mark.parametrize("path", ["1/change/", "1/delete/", "add/", ""])
@pytest.mark.parametrize("asked", ["_to_field=", "_to_field=password", "_popup=x&_to_field=nothing"])
def test_a_row_is_not_told_by_a_field_that_is_none(as_root: Client, path: str, asked: str) -> None:
    answer = as_root.get(f"/admin/accounts/user/{path}?{asked}")
    assert answer.status_code in {200, 302, 400, 403}


def test_sessions_are_searched(as_root: Client) -> None:
    assert as_root.get("/admin/usersessions/usersession/?q=root").status_code == 200


@pytest.mark.parametrize("words", ["a" * 60_000, "a " * 2_000, "\0"])
def test_any_search_is_one(as_root: Client, words: str) -> None:
    for path in ("accounts/user", "chat/room", "account/emailaddress"):
        assert as_root.get(f"/admin/{path}/", {"q": words}).status_code in {200, 302}


# Charsets


def created(charset: str) -> tuple[Any, Any]:
    """Django reads the address with it before any middleware sees the request."""
    kind = f"text/plain; charset={charset}".encode()
    scope: Any = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": rb"q=\ud800",
        "headers": [(b"content-type", kind)],
    }
    request, refusal = Pages().create_request(scope, io.BytesIO())
    return request, refusal


@pytest.mark.parametrize(
    "charset", ["hex", "rot13", "unicode_escape", "raw_unicode_escape", "utf-7", "utf-16", "idna", "\0"]
)
def test_only_utf_8_is_read(charset: str) -> None:
    request, refusal = created(charset)
    assert request is None
    assert refusal.status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "nothing", '"utf-8"'])
def test_utf_8_by_any_of_its_names_is(charset: str) -> None:
    request, refusal = created(charset)
    assert refusal is None
    assert request.GET["q"] == r"\ud800"


# The log


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"Host": "evil.example:x"}),
        ("/notifications/?rooms=x", {}),
        ("/%00", {}),
        ("/admin/accounts/user/?password__x=1", {}),
    ],
)
def test_a_wrong_request_is_a_warning_in_one_line(
    as_root: Client, caplog: pytest.LogCaptureFixture, path: str, headers: dict[str, str]
) -> None:
    assert as_root.get(path, headers=headers).status_code == 400
    assert caplog.records
    for record in caplog.records:
        assert Brief().filter(record)
        assert (record.levelno, record.exc_info, record.exc_text) == (logging.WARNING, None, None)


def test_an_error_of_ours_keeps_its_traceback() -> None:
    try:
        raise ValueError("on purpose")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "", (), (type(error), error, error.__traceback__))
    assert Brief().filter(record)
    assert record.levelno == logging.ERROR
    assert record.exc_info


def test_the_console_leaves_them_out(settings: Any) -> None:
    assert settings.LOGGING["handlers"]["console"]["filters"][0] == "brief"
    assert settings.LOGGING["filters"]["brief"]["()"] == "chatpoc.logs.Brief"
