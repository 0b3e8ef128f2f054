"""One HTTP request of a browser, on a connection of its own."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

PATIENCE = 20  # seconds; what static/js gives an answer


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]  # their names in small letters
    text: str


class NoAnswer(Exception):
    """Nobody was there, or the answer never came whole: whether the request was heard, its sender does not know."""


async def ask(
    port: int, path: str, cookies: Mapping[str, str], fields: Mapping[str, str] | None = None, **headers: str
) -> Answer:
    """GET, or POST of `fields`, as htmx and fetch of our pages do. Raises NoAnswer."""
    try:
        return await asyncio.wait_for(_ask(port, _request(port, path, cookies, fields, headers)), PATIENCE)
    except (OSError, EOFError, TimeoutError, ValueError) as error:
        raise NoAnswer(f"{type(error).__name__} {error}") from None


def _request(
    port: int, path: str, cookies: Mapping[str, str], fields: Mapping[str, str] | None, headers: Mapping[str, str]
) -> bytes:
    body = urlencode(fields or {}).encode()
    lines = {
        "Host": f"127.0.0.1:{port}",
        "Connection": "close",
        "HX-Request": "true",
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        **headers,
    }
    if fields is not None:
        lines |= {
            "Origin": f"http://127.0.0.1:{port}",
            "X-CSRFToken": cookies["csrftoken"],
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
        }
    method = "GET" if fields is None else "POST"
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{head}\r\n".encode() + body


async def _ask(port: int, request: bytes) -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    try:
        writer.write(request)
        return _read(await reader.read())
    finally:
        writer.transport.abort()


def _read(answer: bytes) -> Answer:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        raise EOFError("no whole head")
    first, *lines = head.decode("latin1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = _unchunked(body)
    elif len(body) < int(headers.get("content-length", 0)):
        raise EOFError("no whole body")
    return Answer(int(first.split()[1]), headers, body.decode())


def _unchunked(body: bytes) -> bytes:
    pieces: list[bytes] = []
    while True:
        size, end, body = body.partition(b"\r\n")
        if not end:
            raise EOFError("no last chunk")
        if not (length := int(size, 16)):
            return b"".join(pieces)
        if len(body) < length + 2:
            raise EOFError("no whole chunk")
        pieces.append(body[:length])
        body = body[length + 2 :]
