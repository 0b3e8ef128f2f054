"""Pages of a conversation's past. Keyset both ways: a page costs the same at any depth.

The past may be read from a replica; the newest page, and what changed since, never.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from accounts.addresses import is_id
from accounts.models import User
from chat.models import Message, Room
from chat.partials import message_html

if TYPE_CHECKING:
    from chat.log import Log
from chat.models.message_pages import MessageQuerySet
from chatpoc import replica

PAGE = 50  # messages
CATCH_UP = 200  # changes that a page is brought; one further behind starts again from the newest page


@dataclass(frozen=True)
class Page:
    """Some messages that follow one another, and where to read on."""

    messages: list[Message]
    older: int | None = None  # the seq below which there is more
    newer: int | None = None  # the seq above which there is more
    target: Message | None = None  # the one that was asked for

    @property
    def is_empty(self) -> bool:
        return not self.messages

    @cached_property
    def people(self) -> frozenset[int]:
        """The ids of those who said this, or of whom a line tells."""
        return frozenset(pk for message in self.messages for pk in (message.author_id, message.about_id) if pk)

    @cached_property
    def html(self) -> SafeString:
        here = mark_safe('<li class="here" tabindex="-1" autofocus></li>')
        lines = ((here if message is self.target else "") + message_html(message) for message in self.messages)
        return mark_safe("".join(lines))  # noqa: S308


def newest(room: Room) -> Page:
    messages = room.said.newest(PAGE)
    return Page(messages, older=older_than(messages, room))


def before(room: Room, seq: int) -> Page:
    messages = past(room, lambda said: said.filter(seq__gt=room.purged_seq).newest(PAGE, before=seq))
    if not messages:
        return Page([], newer=room.purged_seq if room.last_seq > room.purged_seq else None)
    return Page(messages, older=older_than(messages, room), newer=newer_than(messages, room))


def after(room: Room, seq: int) -> Page:
    above = max(seq, room.purged_seq)  # one bound: SQLite seeks by one alone
    messages = past(room, lambda said: said.oldest(PAGE, after=above))
    return Page(messages, older=older_than(messages, room), newer=newer_than(messages, room))


def around(room: Room, seq: int) -> Page:
    """Half a page above and below `seq`, which is the target if there is such a message."""
    first, last = max(seq - PAGE // 2, room.purged_seq + 1), seq + PAGE // 2
    messages = past(room, lambda said: said.between(first, last))
    target = next((message for message in messages if message.seq == seq), None)
    return Page(messages, older_than(messages, room), newer_than(messages, room), target)


def past(room: Room, read: Callable[[MessageQuerySet], list[Message]]) -> list[Message]:
    """What `read` finds of the room's messages: on the replica if that has come as far as the `room`, which is of the primary.

    Each change of a message takes a version of its room in the same transaction, and a replica shows a transaction whole or not
    at all. So where its row has the version of ours, it has each edit, deletion and purge up to then. The statement that
    reads asks for that, and finds nothing otherwise.
    """

    def read_there() -> list[Message]:
        as_new = Message.objects.using(replica.ALIAS).filter(
            replica.FOLLOWS, room=room.pk, room__version__gte=room.version
        )
        messages = read(as_new)
        for message in messages:
            message.room = room
        return messages

    return replica.found(read_there) or read(room.messages.all())


def asked_for(request: HttpRequest, room: Room) -> Page:
    """What `?before=`, `?after=` or `?around=` say, else the newest."""
    for name, page in (("before", before), ("after", after), ("around", around)):
        if (seq := number(request, name)) is not None:
            return page(room, seq)
    return newest(room)


# There are no gaps after what was purged, so what stands at the end of a page says whether there is more. An empty page is
# beyond the newest.


def older_than(messages: list[Message], room: Room) -> int | None:
    first = messages[0].seq if messages else room.last_seq + 1
    return first if first > room.purged_seq + 1 else None


def newer_than(messages: list[Message], room: Room) -> int | None:
    return messages[-1].seq if messages and messages[-1].seq < room.last_seq else None


def number(request: HttpRequest, name: str) -> int | None:
    """The query parameter `name` as a seq or version; BadRequest when it is none."""
    text = request.GET.get(name)
    if text is None:
        return None
    if not is_id(text):
        raise BadRequest(f"{name} is not a number.")
    return int(text)


def cast_of(page: "Page | Log", viewer: User, other: User | None) -> tuple[int, ...]:
    """The ids of those on the page, and of the viewer, and the other one of a direct room, who may speak next; in order."""
    return tuple(sorted(page.people | {viewer.pk} | ({other.pk} if other else set())))
