"""A room with a long history, made at once."""

import uuid
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from chat.models import Message, Room
from chatpoc import live

BATCH = 5_000  # rows of a statement


def say_many(room: Room, authors: list[User], count: int) -> None:
    """`count` messages, "number 1" and so on, three at a time by one author, of one line to three; one every minute."""
    begin = timezone.now() - timedelta(minutes=count)
    messages = (
        Message(
            room=room, author=authors[seq // 3 % len(authors)], seq=seq, version=seq, client_id=uuid.uuid4(),
            body=f"number {seq}" + "\nand more" * (seq * 7 % 3), created_at=begin + timedelta(minutes=seq),
        )
        for seq in range(1, count + 1)
    )  # fmt: skip
    with live.exactly():
        Message.objects.bulk_create(messages, batch_size=BATCH)
        Room.objects.filter(pk=room.pk).update(last_seq=count, version=count)
        room.memberships.update(read_seq=count)
    room.refresh_from_db()
