"""Pages of a conversation's past."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest

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
