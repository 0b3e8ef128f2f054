"""Pages of a conversation's past. Keyset both ways: a page costs the same at any depth."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from accounts.models import User
from chat.models import Message, Room

PAGE = 50  # messages
CATCH_UP = 200  # changes that a page is brought; one further behind starts again from the newest page


@dataclass(frozen=True)
class Page:
    """Some messages that follow one another, and where to read on."""

    messages: list[Message]
    older: int | None = None  # the seq below which there is more
    newer: int | None = None  # the seq above which there is more
    target: Message | None = None  # the one that was asked for


def newest(room: Room) -> Page:
    messages = room.messages.newest(PAGE)
    return Page(messages, older=first_but_one(messages))


def before(room: Room, seq: int) -> Page:
    messages = room.messages.newest(PAGE, before=seq)
    last = messages[-1].seq if messages else max(seq - 1, 0)
    return Page(messages, older=first_but_one(messages), newer=last if last < room.last_seq else None)


def after(room: Room, seq: int) -> Page:
    messages = room.messages.oldest(PAGE + 1, after=seq)
    shown = messages[:PAGE]
    older = first_but_one(shown) if shown or not room.last_seq else room.last_seq + 1
    return Page(shown, older=older, newer=shown[-1].seq if len(messages) > PAGE else None)


def around(room: Room, seq: int) -> Page:
    """About half a page above and below `seq`, which is the target if there is such a message."""
    below = room.messages.oldest(PAGE // 2 + 2, after=seq - 1)
    messages = room.messages.newest(PAGE // 2, before=seq) + below[: PAGE // 2 + 1]
    return Page(
        messages,
        older=first_but_one(messages),
        newer=messages[-1].seq if len(below) > PAGE // 2 + 1 else None,
        target=next((message for message in below[:1] if message.seq == seq), None),
    )


def asked_for(request: HttpRequest, room: Room) -> Page:
    """What `?before=`, `?after=` or `?around=` say, else the newest."""
    for name, page in (("before", before), ("after", after), ("around", around)):
        if (seq := number(request, name)) is not None:
            return page(room, seq)
    return newest(room)


def first_but_one(messages: list[Message]) -> int | None:
    """The seq of the first of them, unless the conversation starts there: there are no gaps."""
    return messages[0].seq if messages and messages[0].seq > 1 else None


def number(request: HttpRequest, name: str) -> int | None:
    """The query parameter `name` as a seq or version; BadRequest when it is none."""
    text = request.GET.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadRequest(f"{name} is not a number.")
    return int(text)


def cast_of(messages: Iterable[Message], viewer: User) -> tuple[int, ...]:
    """The ids of those who said this, and of the viewer, who may speak next; in order."""
    return tuple(sorted({message.author_id for message in messages} | {viewer.pk}))
