"""Pages of a conversation's past."""

from collections.abc import Iterable

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from accounts.models import User
from chat.models import Message

PAGE = 50  # messages
CATCH_UP = 200  # changes that a page is brought; one further behind starts again from the newest page


def number(request: HttpRequest, name: str) -> int | None:
    """The query parameter `name` as a seq or version; BadRequest when it is none."""
    text = request.GET.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadRequest(f"{name} is not a number.")
    return int(text)


def cast_of(messages: Iterable[Message], viewer: User, other: User | None) -> tuple[int, ...]:
    """The ids of those who said this, and of the viewer, and the other one of a direct room, who may speak next; in order."""
    people = {viewer, other} if other else {viewer}
    return tuple(sorted({message.author_id for message in messages} | {person.pk for person in people}))
