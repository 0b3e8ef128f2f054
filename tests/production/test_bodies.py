"""What is too large is refused by the chat, in words, before nginx has kept any of it."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.production.asking import Visitor, unverified
from tests.production.made import Made
from tests.production.shape import Shape

pytestmark = [pytest.mark.browser, pytest.mark.waits, pytest.mark.processes, pytest.mark.once("postgresql")]

MB = 2**20
LOG_IN, PICTURE = "/accounts/login/", "/accounts/profile/picture/"


def announced(shape: Shape, path: str, size: int, *lines: str, body: bytes = b"") -> str:
    """The answer to a request that says that it is so large."""
    head = [f"POST {path} HTTP/1.1", f"Host: localhost:{shape.proxy.port}", f"Content-Length: {size}", *lines]
    with socket.create_connection(("127.0.0.1", shape.proxy.port), timeout=10) as plain:
        with unverified().wrap_socket(plain, server_hostname="localhost") as wire:
            wire.sendall("\r\n".join([*head, "", ""]).encode() + body)
            return wire.recv(65536).decode()


def test_a_form_above_a_megabyte_is_refused_before_it_comes(shape: Shape) -> None:
    answer = announced(shape, LOG_IN, MB + 1)
    assert answer.startswith("HTTP/1.1 413 ")
    assert answer.endswith("This is too large: at most 1 MB can be sent.")
    assert "Można wysłać najwyżej 1 MB." in announced(shape, LOG_IN, MB + 1, "Accept-Language: pl")


def test_a_picture_may_be_larger(shape: Shape, made: Made) -> None:
    cookie = f"Cookie: __Host-session={made.people['alice'].session}"
    assert "at most 32 MB" in announced(shape, PICTURE, 33 * MB, cookie)
    assert "at most 1 MB" in announced(shape, PICTURE, 33 * MB), "of nobody"


def parts(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"x" * MB


def test_who_sends_it_all_at_once_reads_the_answer_too(shape: Shape, visit: Callable[..., Visitor]) -> None:
    answer = visit("alice").ask(LOG_IN, b"x" * 2 * MB)
    assert (answer.status, answer.text) == (413, "This is too large: at most 1 MB can be sent.")


def test_in_chunks_it_is_refused_when_it_has_become_too_large(shape: Shape, visit: Callable[..., Visitor]) -> None:
    answer = visit("alice").ask(LOG_IN, parts(2))
    assert (answer.status, answer.text) == (413, "This is too large: at most 1 MB can be sent.")


def test_what_fits_arrives_whole(shape: Shape, made: Made, visit: Callable[..., Visitor]) -> None:
    """Most of a megabyte, which the form then refuses: its reason, and not a proxy's."""
    answer = visit("alice").post(f"/rooms/{made.room}/messages/", {"body": "x" * (MB - 1000)})
    assert answer.status == 422
    assert kept_by_nginx(shape) == []


def kept_by_nginx(shape: Shape) -> list[Path]:
    return [path for path in (shape.folder / "nginx" / "body").rglob("*") if path.is_file()]
