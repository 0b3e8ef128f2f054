"""The newest page of a room as HTML, kept in this process while nothing in it changed: it is the same for every viewer.

Each change of a room takes the next version, and the room was read a moment ago; who is named on the page has tags.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.safestring import SafeString

from chat.history import Page, newest
from chat.models import Message, Room
from chatpoc.live.kept import LASTS, versions_for
from chatpoc.memory import Memory

LARGEST = 200_000  # characters; most pages have a third of that

State = tuple[int, int, int, datetime]


@dataclass(frozen=True)
class Log:
    """What a page of messages shows, without them."""

    html: SafeString
    people: frozenset[int]
    older: int | None
    is_empty: bool
    newer: None = None
    target: Message | None = None


@dataclass(frozen=True)
class Kept:
    log: Log
    state: State
    people: dict[str, str]  # version by tag
    until: float


_logs: Memory[int, Kept] = Memory(300, megabytes=16)  # rooms; about 60 KB each


def newest_log(request: HttpRequest, room: Room) -> Page | Log:
    """`room` was read while this request is answered."""
    if transaction.get_connection().in_atomic_block:
        return newest(room)
    state, kept = (room.version, room.last_seq, room.purged_seq, room.last_at), _logs.get(room.pk)
    people = versions_for(request, kept.people) if kept else {}
    if kept and kept.state == state and kept.people == people and time.monotonic() < kept.until:
        return kept.log
    page = newest(room)
    log = Log(page.html, page.people, page.older, page.is_empty)
    # Of who spoke for the first time no version was read before: the next who asks makes it once more.
    named = {tag: people.get(tag, "") for tag in (f"people:{pk}" for pk in sorted(page.people))}
    if len(log.html) <= LARGEST:
        _logs.keep(room.pk, Kept(log, state, named, time.monotonic() + LASTS))
    return log
