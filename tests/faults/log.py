"""A conversation as a page holds it: what static/js/log-versions.js and log-window.js do, for a page that is at the end."""

import html
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

_MESSAGE = re.compile(
    r'<li id="m-(?P<id>[0-9a-f-]{36})" class="message" data-seq="(?P<seq>\d+)" data-version="(?P<version>\d+)"'
    r' data-author="(?P<author>\d+)"(?P<more>[^>]*)>.*?</div>\n</li>',
    re.DOTALL,
)
_BODY = re.compile(r'<div class="message-body"[^>]*>(?P<body>.*?)</div>', re.DOTALL)
_VERSION = re.compile(r"""data-tags='\{"room:\d+": "(\d+)"\}'""")


class Shown(NamedTuple):
    """A message as it stands on a page. The same one for all pages that show the same."""

    id: str
    seq: int
    version: int
    author: int
    html: str

    @property
    def text(self) -> str:
        """What it says, without tags; nothing when it is deleted."""
        body = _BODY.search(self.html)
        return html.unescape(re.sub(r"<[^>]+>", "", body["body"])).strip() if body else ""


class Frame(NamedTuple):
    """What came down the socket, read."""

    room: int | None  # whose messages these are
    messages: tuple[Shown, ...]
    stale: dict[str, str]
    more: dict[str, Any]


def messages_in(text: str) -> tuple[Shown, ...]:
    return tuple(
        Shown(found["id"], int(found["seq"]), int(found["version"]), int(found["author"]), found[0])
        for found in _MESSAGE.finditer(text)
    )


def version_in(page: str) -> int:
    """The room's version that a page was rendered from."""
    found = _VERSION.search(page)
    assert found, page[:200]
    return int(found[1])


@lru_cache(maxsize=4096)  # few texts, many copies
def read_frame(payload: bytes) -> Frame:
    frame = json.loads(payload)
    tag = frame.pop("tag", "")
    room = int(tag.partition(":")[2]) if tag.startswith("room:") else None
    return Frame(room, messages_in(frame.pop("content", "")), frame.pop("stale", {}), frame)


class Log:
    """`floor`: the seq up to which nobody looks any more."""

    def __init__(self, room: int, version: int, floor: int) -> None:
        self.room, self.version, self.floor = room, version, floor
        self.shown: dict[str, Shown] = {}
        self.first = floor + 1  # below it stands the edge that leads to older ones
        self.ahead: set[int] = set()  # versions that arrived before one that is still missing

    @property
    def newest(self) -> int:
        """The newest version of the room that the page has heard of."""
        return max(self.version, *self.ahead) if self.ahead else self.version

    @property
    def tag(self) -> str:
        return f"room:{self.room}"

    def take(self, message: Shown) -> bool:
        """One that was pushed, fetched or answered; whether the page shows it now, and did not before."""
        self._note(message.version)
        shown = self.shown.get(message.id)
        if shown:
            if shown.version >= message.version:
                return False
        elif message.seq < self.first:
            return False
        self.shown[message.id] = message
        return True

    def _note(self, version: int) -> None:
        if version > self.version:
            self.ahead.add(version)
        while self.version + 1 in self.ahead:
            self.version += 1
            self.ahead.discard(self.version)

    def answered(self, since: int, version: int) -> None:
        """What changed after `since` was fetched; the answer is whole up to `version`."""
        if since <= self.version:
            self.version = max(self.version, version)
        self.ahead = {ahead for ahead in self.ahead if ahead > self.version}

    def start_again(self, page: Iterable[Shown], version: int) -> None:
        """The newest page takes the place of everything."""
        self.shown = {message.id: message for message in page}
        self.first = min((message.seq for message in self.shown.values()), default=self.floor + 1)
        self.version = version
        self.ahead.clear()

    def put_older(self, page: Iterable[Shown], version: int) -> bool:
        """A page of the past, as it was at `version`. Whether what changed since then has to be fetched once more."""
        self.shown = {message.id: message for message in page} | self.shown
        self.first = min((message.seq for message in self.shown.values()), default=self.floor + 1)
        behind, self.version = version < self.version, min(version, self.version)
        return behind

    def forget(self, floor: int) -> None:
        self.floor, self.first = floor, max(self.first, floor + 1)
        self.shown = {message.id: message for message in self.shown.values() if message.seq > floor}
