"""A message as HTML: rendered once, the same bytes for the page, the response, the push and the catch-up."""

import time
from collections.abc import Iterable

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from chat.models import Message, Room
from chatpoc import live


def message_html(message: Message) -> SafeString:
    """The same for every viewer: what differs ("mine", grouping, local time) the browser sets from the attributes."""
    kept: tuple[int, SafeString] | None = message.__dict__.get("_html")
    if kept is None or kept[0] != message.version:
        template = "chat/_line.html" if message.event else "chat/_message.html"
        html = render_to_string(template, {"message": message})
        kept = message.__dict__["_html"] = (message.version, html)
    return kept[1]


def upsert_html(room: Room, messages: Iterable[Message]) -> SafeString:
    """Messages for an open page: htmx replaces those it has by id, and puts the others in the order of their seq."""
    items = "".join(message_html(message) for message in messages)
    return mark_safe(f'<hx-upsert hx-target="#messages-{room.pk}" key="data-seq" sort>{items}</hx-upsert>')  # noqa: S308


def publish_message(message: Message) -> None:
    """One publish, whoever listens: the partial for those who have the room open, and a hint for everyone's conversations."""
    at = time.time()  # before it is rendered, for which its readers wait, too
    live.publish(message.room.topic, frame_of(message), stale=[f"activity:{message.room_id}"], at=at)


def publish_change(message: Message) -> None:
    """The same for one that was edited, deleted or restored, of which no list of conversations says anything."""
    at = time.time()
    live.publish(message.room.topic, frame_of(message), at=at)


def frame_of(message: Message) -> dict[str, str]:
    content = upsert_html(message.room, [message])
    return {"tag": message.room.topic, "version": str(message.version), "content": content}
