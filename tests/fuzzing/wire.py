"""Bytes to a real server: handshakes, frames and requests as no browser writes them."""

import base64
import contextlib
import os
import socket
import struct
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.fuzzing.frames import LARGE
from tests.fuzzing.texts import texts

KEY = base64.b64encode(b"0123456789abcdef")
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
Lines = list[tuple[bytes, bytes]]


@dataclass
class Line:
    """A connection of which one sees the bytes. It ends well, whatever the other side does."""

    port: int

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=3)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # it may have closed
            self.socket.sendall(data)

    def head(self) -> bytes:
        """The answer up to its empty line; what there is, if the server closes before."""
        heard = b""
        with contextlib.suppress(ConnectionError):
            while b"\r\n\r\n" not in heard and (more := self.socket.recv(1 if heard.endswith(b"\r") else 65_536)):
                heard += more
        return heard

    def is_closed_or_says(self, seconds: float) -> bytes | None:
        """What comes within this time; nothing when it is closed, None when there is silence."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(65_536)
        except TimeoutError:
            return None
        except ConnectionError:
            return b""

    def hang_up(self, *, rudely: bool) -> None:
        if rudely:  # a reset instead of an end
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def handshake(
    port: int, session: str, *, path: bytes = b"/ws/", more: Lines | None = None, without: bytes = b""
) -> bytes:
    """A good one, but for the header that is left `without`, and with what is `more`, instead of or beside what it has."""
    host = b"127.0.0.1:%d" % port
    good = [
        (b"Host", host), (b"Upgrade", b"websocket"), (b"Connection", b"Upgrade"), (b"Sec-WebSocket-Key", KEY),
        (b"Sec-WebSocket-Version", b"13"), (b"Origin", b"http://" + host), (b"Cookie", b"sessionid=" + session.encode()),
    ]  # fmt: skip
    lines = [line for line in good if line[0] != without] + (more or [])
    return (
        b"GET " + path + b" HTTP/1.1\r\n" + b"".join(name + b": " + value + b"\r\n" for name, value in lines) + b"\r\n"
    )


@dataclass(frozen=True)
class Frame:
    payload: bytes
    opcode: int = TEXT
    final: bool = True
    masked: bool = True
    reserved: int = 0
    claims: int | None = None  # bytes, when it is not as long as it says

    def encoded(self) -> bytes:
        size = len(self.payload) if self.claims is None else self.claims
        first = (self.final << 7) | (self.reserved << 4) | self.opcode
        if size < 126:
            head = bytes((first, (self.masked << 7) | size))
        elif size < 1 << 16:
            head = struct.pack("!BBH", first, (self.masked << 7) | 126, size)
        else:
            head = struct.pack("!BBQ", first, (self.masked << 7) | 127, size)
        if not self.masked:
            return head + self.payload
        mask = os.urandom(4)
        return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.payload))


UTF8 = [b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b'{"watch": {"\xff": ""}}', "ż".encode()[:1], b"\xf4\x90\x80\x80"]
whole = st.builds(
    Frame,
    st.one_of(
        st.sampled_from([b"{}", b'{"watch": {}}', b"", b"\0", *UTF8, b"x" * (LARGE + 1)]), st.binary(max_size=140)
    ),
    st.sampled_from([TEXT, TEXT, BINARY, CLOSE, PING, PONG, 0, 3, 7, 11, 15]),
)
claims = st.sampled_from([None, None, 0, 5, 125, 126, 65_535, 65_536, 2**20 + 1, 2**31, 2**63 - 1])
broken = st.builds(
    Frame, st.binary(max_size=140), st.integers(0, 15), st.booleans(), st.booleans(), st.integers(0, 7), claims
)
closing = st.builds(
    lambda code, reason: Frame(struct.pack("!H", code) + reason, CLOSE), st.integers(0, 65_535), st.binary(max_size=130)
)


def in_fragments(payload: bytes, size: int, between: Frame | None) -> bytes:
    parts = [payload[at : at + size] for at in range(0, len(payload), size)] or [b""]
    frames = [Frame(part, 0 if at else TEXT, final=at == len(parts) - 1).encoded() for at, part in enumerate(parts)]
    return (between.encoded() if between else b"").join(frames)


fragments = st.builds(
    in_fragments,
    st.sampled_from([b'{"watch": {}}', b"{", '{"ż": "😀"}'.encode(), b"\xff\xfe", b"x" * 3_000]),
    st.integers(1, 700),
    st.one_of(st.none(), st.just(Frame(b"", PING)), st.just(Frame(b"x" * 126, PING)), st.just(Frame(b"{}"))),
)
written = st.lists(
    st.one_of(whole.map(Frame.encoded), broken.map(Frame.encoded), closing.map(Frame.encoded), fragments),
    min_size=1,
    max_size=6,
)

# Of requests

NAMES = [
    b"Host", b"Origin", b"Cookie", b"Upgrade", b"Connection", b"Sec-WebSocket-Key", b"Sec-WebSocket-Version",
    b"Sec-WebSocket-Protocol", b"Sec-WebSocket-Extensions", b"Content-Length", b"Content-Type", b"Transfer-Encoding",
    b"Expect", b"Daphne-Root-Path", b"Accept-Language", b"X-Forwarded-For", b"X-Forwarded-Proto", b"HX-Request",
    b"Range", b"If-Modified-Since", b"If-None-Match", b"A_B", b" X", b"X\0", b"", b"User-Agent", b"Referer",
    b"Authorization", b"HTTP2-Settings", b"X" * 9_000,
]  # fmt: skip
VALUES = [
    b"", b" ", b"\0", b"\xff", b"\xc5\xbc", b"\x85", b"websocket", b"WebSocket, h2c", b"upgrade",
    b"keep-alive, Upgrade", b"13", b"8", b"-1", b"1e3", b"9" * 5_000, b"x" * 15_000, b"chunked", b"gzip, chunked",
    b"100-continue", b"permessage-deflate; client_max_window_bits=99", b";;;,,,===", b"chat, chat", b"\xc5\xbc, %ff",
    b"http://[", b"null", b"http://evil.example", b"file:///", b"[::1", b"a:b:c", b"localhost:0x50", b"sessionid=\0",
    b'sessionid="\\777', b"text/plain; charset=\0", b"text/plain; charset=hex", b"multipart/form-data; boundary=\xff",
    b"//evil.example", b"/%ff", b"bytes=0-99999999999999999999", b"Thu, 99 Nov 0000 99:99:99 GMT", b"pl;q=\xff",
    b"a\r\n b", b"a\rb", b"a\nX: b",
]  # fmt: skip
PATHS = [
    b"/ws/", b"/ws", b"/ws/x", b"/ws/%0a", b"/ws/?a=b", b"/ws/#x", b"//ws/", b"/%77s/", b"/ws/%ff%00",
    b"http://[/ws/", b"//[", b"*", b"/", b"/\xff", b"/?\xff", b"/?q=%ED%A0%80", b"/rooms/1/?since=\xc5\xbc",
    b"/static/css/app.css", b"/static/%00", b"/static/../../etc/passwd", b"/static//etc/passwd", b"/accounts/login/",
    b"/%", b"/%zz", b"/" + b"a/" * 4_000, b"/x;y=z", b"x", b"?", b"http://evil.example/", b"/admin/%ED%A0%80/",
    b"/media/../x",
]  # fmt: skip
METHODS = [
    b"GET",
    b"GET",
    b"POST",
    b"HEAD",
    b"OPTIONS",
    b"CONNECT",
    b"PRI",
    b"get",
    b"G\xffT",
    b"G\0T",
    b"",
    b"X" * 5_000,
    b"PUT",
]
VERSIONS = [
    b"HTTP/1.1",
    b"HTTP/1.1",
    b"HTTP/1.0",
    b"HTTP/2.0",
    b"HTTP/9.9",
    b"HTTP/\xff",
    b"HTTP/",
    b"",
    b"ICY",
    b"HTTP/1.1 x",
]
BODIES = [
    b"",
    b"",
    b"a=1",
    b"0\r\n\r\n",
    b"zz\r\n",
    b"5\r\nab",
    b"-1\r\n",
    b"ffffffffffffffff\r\n",
    b"\0" * 100,
    b"--x\r\n",
]

words = texts.map(lambda text: text.encode("utf-8", "surrogatepass")[:4_000].replace(b"\r", b"").replace(b"\n", b""))
lines = st.lists(st.tuples(st.sampled_from(NAMES), st.one_of(st.sampled_from(VALUES), words)), max_size=4)
paths = st.sampled_from(PATHS)


def request(method: bytes, path: bytes, version: bytes, more: Lines, body: bytes) -> bytes:
    return b"%s %s %s\r\n" % (method, path, version) + b"".join(b"%s: %s\r\n" % line for line in more) + b"\r\n" + body


requests = st.one_of(
    st.builds(request, st.sampled_from(METHODS), paths, st.sampled_from(VERSIONS), lines, st.sampled_from(BODIES)),
    st.builds(
        lambda method, path, more, body: request(method, path, b"HTTP/1.1", [(b"Host", b"127.0.0.1"), *more], body),
        st.sampled_from([b"GET", b"POST"]), paths, lines, st.sampled_from(BODIES),
    ),
    st.binary(max_size=200),
)  # fmt: skip
