"""Lines in a conversation: what moderators did, said where its members read."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from chat.models.message import REASON_LIMIT, Event, Message
from chatpoc import live

if TYPE_CHECKING:
    from accounts.models import User
    from chat.models.room import Room


def write_line_in_transaction(
    room: "Room",
    event: Event,
    *,
    by: "User",
    about: "User | None" = None,
    because: str = "",
    until: datetime | None = None,
) -> Message:
    """A message of the room like others, which nobody said: it takes a place, also where nothing may be said any more, and
    comes to the open pages with the same push."""
    line = Message(
        room=room, author=by, client_id=uuid.uuid4(), event=event, about=about, until=until,
        body=because.strip()[:REASON_LIMIT],
    )  # fmt: skip
    with live.exactly():  # the push says what is stale; what the verb itself wrote has tags of its own
        line.seq, line.version = room.take_place_in_transaction(line.created_at, archived=True)
        line.save(force_insert=True)
        room.move_marks_in_transaction(line)
    transaction.on_commit(lambda: _announce(line), robust=True)
    return line


def _announce(line: Message) -> None:
    from chat.partials import publish_message  # it renders messages, and so needs the models

    publish_message(line)
