"""Files that nginx sends in the chat's place: with what the chat would say of them, and to nobody whom it would refuse."""

import gzip
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.production.asking import Answer, Visitor
from tests.production.made import Made
from tests.production.shape import Shape

pytestmark = [pytest.mark.browser, pytest.mark.waits, pytest.mark.processes, pytest.mark.once("postgresql")]

OF_THE_SERVER = {"server", "date", "connection", "etag", "accept-ranges", "keep-alive", "last-modified"}
KINDS = [
    "css/app*.css",
    "js/app*.js",
    "img/icon*.svg",
    "vendor/*/LICENSE*",
    "**/*.json",
    "**/*.md",
    "**/*.txt",
    "**/*.png",
]


def collected(shape: Shape, kind: str) -> list[str]:
    root = shape.folder / "static"
    return [f"/static/{path.relative_to(root)}" for path in sorted(root.glob(kind)) if path.suffix != ".gz"][:3]


def of_the_chat(shape: Shape, path: str, **headers: str) -> Answer:
    """The process itself, as nginx asks it."""
    own = {"X-Forwarded-Proto": "https", "Host": "localhost"} | headers
    asked = urllib.request.Request(f"http://127.0.0.1:{shape.units[0].port}{path}", headers=own)
    with urllib.request.urlopen(asked, timeout=10) as got:
        return Answer(got.status, {name.lower(): value for name, value in got.headers.items()}, got.read())


def comparable(answer: Answer) -> dict[str, object]:
    found: dict[str, object] = {name: value for name, value in answer.headers.items() if name not in OF_THE_SERVER}
    found["content-security-policy"] = sorted(answer.headers["content-security-policy"].split("; "))
    found["content-type"] = answer.headers["content-type"].replace('"', "")
    return found


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_static_file_has_the_headers_that_the_chat_gives_it(
    shape: Shape, visit: Callable[..., Visitor], coding: str, subtests: pytest.Subtests
) -> None:
    seen = 0
    for path in (path for kind in KINDS for path in collected(shape, kind)):
        with subtests.test(path):
            answer = visit().ask(path, Accept_Encoding=coding)
            expected = of_the_chat(shape, path, **{"Accept-Encoding": coding})
            assert comparable(answer) == comparable(expected)
            assert answer.body == expected.body
            seen += 1
    assert seen > 10


def test_a_hashed_file_is_compressed_and_kept_for_ever(shape: Shape, visit: Callable[..., Visitor]) -> None:
    [hashed] = collected(shape, "css/app.*.css")
    answer = visit().ask(hashed, Accept_Encoding="gzip")
    assert answer.headers["cache-control"] == "max-age=315360000, public, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == (shape.folder / "static" / hashed.removeprefix("/static/")).read_bytes()
    again = visit().ask(hashed, If_None_Match=answer.headers["etag"], Accept_Encoding="gzip")
    assert (again.status, again.body) == (304, b"")


def test_nginx_sends_them_and_not_the_chat(shape: Shape, visit: Callable[..., Visitor]) -> None:
    """Whichever the processes have: these files are new."""
    (shape.folder / "static" / "new.css").write_text("a { color: red }")
    assert visit().ask("/static/new.css").body == b"a { color: red }"


@pytest.mark.parametrize(
    "path",
    [
        "/static/nothing.js",
        "/static/",
        "/static/js/",
        "/static/../manage.py",
        "/static/%2e%2e/secret",
        "/static//etc/passwd",
    ],
)
def test_what_is_no_static_file_is_told_by_the_chat(visit: Callable[..., Visitor], path: str) -> None:
    answer = visit("alice").ask(path)
    assert answer.status == 404
    assert "ChatPOC" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


# Pictures


def picture(made: Made, side: int = 96) -> str:
    return f"/accounts/pictures/{made.picture}-{side}.webp"


def file_of(shape: Shape, made: Made, side: int = 96) -> Path:
    return shape.folder / "media" / "avatars" / f"{made.picture}-{side}.webp"


def test_a_picture_is_sent_by_nginx_when_the_chat_says_so(
    shape: Shape, made: Made, visit: Callable[..., Visitor]
) -> None:
    for handle in ("alice", "charlie"):
        answer = visit(handle).ask(picture(made))
        assert (answer.status, answer.body) == (200, file_of(shape, made).read_bytes())
        assert answer.headers["etag"], "nginx' own: the chat gives a picture none"
        assert "x-accel-redirect" not in answer.headers
        expected = {
            "content-type": "image/webp",
            "cache-control": "private, max-age=31536000, immutable",
            "content-disposition": "inline",
            "content-security-policy": "default-src 'none'; sandbox",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "same-origin",
            "strict-transport-security": "max-age=31536000; includeSubDomains",
        }
        assert {name: answer.headers.get(name) for name in expected} == expected
        assert "camera=()" in answer.headers["permissions-policy"]


def test_a_stranger_gets_no_picture_and_nobody_gets_past_the_check(
    shape: Shape, made: Made, visit: Callable[..., Visitor]
) -> None:
    answer = visit().ask(picture(made))
    assert (answer.status, answer.body) == (302, b"")
    assert answer.headers["location"].startswith("/accounts/login/")
    place = f"/protected-media/avatars/{file_of(shape, made).name}"
    lie = {"X_Accel_Redirect": place}
    for handle in ("", "alice"):
        for path in (place, f"/media/avatars/{file_of(shape, made).name}", "/protected-media/", f"/static/..{place}"):
            answer = visit(handle).ask(path, **lie)
            assert answer.status == 404, path
            assert "ChatPOC" in answer.text, "in the chat's own words"


def test_a_picture_that_is_gone_is_not_found(shape: Shape, made: Made, visit: Callable[..., Visitor]) -> None:
    file = file_of(shape, made, 384)
    kept = file.read_bytes()
    file.unlink()
    try:
        assert visit("bob").ask(picture(made, 384)).status == 404
    finally:
        file.write_bytes(kept)
    assert visit("bob").ask(picture(made, 384)).status == 200
