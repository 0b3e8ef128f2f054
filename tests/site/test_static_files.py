"""A static file has one answer, whether Django gives it or what stands before Django."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from chatpoc.asgi import Pages
from chatpoc.files import Files

pytestmark = pytest.mark.once

Answer = tuple[int, dict[str, str], bytes]
PATHS = ["css/app.css", "js/app.js", "img/icon.svg", "vendor/htmx-4.0.1/LICENSE", "admin/img/icon-yes.svg"]


@pytest.fixture(scope="module")
def files() -> Files:
    return Files(Pages())


def ask(files: Files, path: str, method: str = "GET", **headers: str) -> Answer:
    sent: list[Any] = []

    async def asked() -> None:
        received = iter([{"type": "http.request", "body": b""}])

        async def receive() -> Any:
            return next(received, None) or await asyncio.Event().wait()

        async def send(event: Any) -> None:
            sent.append(event)

        asking = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        where, _, query = path.partition("?")
        scope = {"type": "http", "method": method, "path": where, "query_string": query.encode()}
        await files(scope | {"headers": [(b"host", b"testserver"), *asking]}, receive, send)

    asyncio.run(asked())
    start, *body = sent
    found = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return start["status"], found, b"".join(part.get("body", b"") for part in body)


def by_django(path: str, method: str = "GET", **headers: str) -> Answer:
    client = Client(raise_request_exception=False)
    answer: Any = client.generic(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
    return answer.status_code, {name.lower(): value for name, value in answer.items()}, answer.getvalue()


def without_order(answer: Answer) -> Any:
    """The directives of a policy come in any."""
    status, headers, body = answer
    policy = sorted(part.strip() for part in headers.get("content-security-policy", "").split(";"))
    return status, headers | {"content-security-policy": policy}, body


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "asked", [{}, {"accept_encoding": "gzip"}, {"range": "bytes=2-5"}, {"range": "bytes=9999999-"}]
)
@pytest.mark.parametrize("path", PATHS)
def test_it_has_the_answer_that_django_would_give(
    files: Files, monkeypatch: pytest.MonkeyPatch, path: str, asked: dict[str, str], method: str
) -> None:
    by_it = by_django(f"/static/{path}", method, **asked)
    with monkeypatch.context() as patch:
        patch.setattr(files, "pages", None)  # it is not asked
        answer = ask(files, f"/static/{path}", method, **asked)
    assert without_order(answer) == without_order(by_it)
    assert answer[0] in {200, 206, 416}
    assert answer[1]["x-content-type-options"] == "nosniff"


def test_who_has_it_is_told_so(files: Files) -> None:
    _, headers, _ = ask(files, "/static/js/app.js")
    for asked in ({"if_none_match": headers["etag"]}, {"if_modified_since": headers["last-modified"]}):
        answer = ask(files, "/static/js/app.js", **asked)
        assert without_order(answer) == without_order(by_django("/static/js/app.js", **asked))
        assert (answer[0], answer[2]) == (304, b"")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/static/nothing.js"),
        ("GET", "/static/"),
        ("GET", "/static/../manage.py"),
        ("GET", "/static/js/../js/app.js"),
        ("GET", "/static//js/app.js"),
        ("POST", "/static/js/app.js"),
        ("OPTIONS", "/static/js/app.js"),
    ],
)
def test_of_all_else_django_is_asked(db: None, files: Files, method: str, path: str) -> None:
    status, headers, _ = ask(files, path, method)
    assert status == by_django(path, method)[0]
    assert status in {403, 404, 405}
    assert "nosniff" in headers["x-content-type-options"]


def test_a_file_that_went_away_is_a_failure_that_django_tells(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone.css"
    gone.write_text("a {}")
    monkeypatch.setitem(files.found, "/static/gone.css", type(files.found["/static/js/app.js"])(str(gone), []))
    assert ask(files, "/static/gone.css")[2] == b"a {}"
    gone.unlink()
    assert ask(files, "/static/gone.css")[0] in {404, 500}


def test_where_all_is_sent_to_https_a_file_is_too(files: Files, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    secured = Files(Pages())
    status, headers, _ = ask(secured, "/static/js/app.js")
    assert (status, headers["location"]) == (301, "https://testserver/static/js/app.js")
    settings.SECURE_HSTS_SECONDS = 60
    secured = Files(Pages())
    status, headers, body = ask(secured, "/static/js/app.js", x_forwarded_proto="https")
    assert (status, headers["strict-transport-security"]) == (200, "max-age=60")
    assert body == ask(files, "/static/js/app.js")[2]


def test_where_the_sources_are_edited_each_is_read_anew(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from chatpoc.storage import files as known

    monkeypatch.setattr(known(), "autorefresh", True)
    assert Files(Pages()).found == {}
    assert ask(Files(Pages()), "/static/js/app.js")[0] == 200
