"""Seeding small chats, and reading what came of it."""

from io import StringIO
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db.models import Max

from accounts.models import User
from chat.models import Membership, Message, Room

UNTIL = "2026-03-01T12:00"
SMALL = {"people": 12, "rooms": 4, "messages": 500, "days": 30, "locale": "all", "until": UNTIL}
USED = {"people": 40, "rooms": 14, "messages": 6000, "days": 60, "until": UNTIL}


def seed(**options: Any) -> str:
    out = StringIO()
    call_command("seed", stdout=out, **options)
    return out.getvalue()


def rows() -> dict[str, list[Any]]:
    """Everything that was made, without ids."""
    room = [f"room__{field}" for field in ("kind", "name", "created_at")]
    columns = {
        User: ["handle", "email", "name", "plain_name", "bio", "time_zone", "password", "created_at"],
        EmailAddress: ["user__handle", "email", "verified", "primary"],
        Room: ["kind", "name", "subject", "created_at", "last_seq", "version", "last_at"],
        Membership: [*room, "user__handle", "role", "read_seq", "seen_seq", "seen_at", "joined_at"],
        Message: [*room, "author__handle", "seq", "version", "client_id", "body", "created_at", "edited_at", "deleted_at"],
    }  # fmt: skip
    of_others = {Room: {"is_lobby": True}, Membership: {"room__is_lobby": True}}
    found = {}
    for model, fields in columns.items():
        manager: Any = model._default_manager
        kept = manager.exclude(**of_others.get(model, {"pk": None}))
        found[model.__name__] = sorted((list(row) for row in kept.values_list(*fields)), key=str)
    return found


def forget_all() -> None:
    for model in (Message, Membership, Room, EmailAddress, User):
        manager: Any = model._default_manager
        manager.all().delete()


def said() -> list[Message]:
    return list(Message.objects.order_by("room", "seq"))


def check_places() -> None:
    """Seq without gaps, in the order of time; each version once; marks that fit."""
    for room in Room.objects.all():
        messages = list(room.messages.order_by("seq"))
        assert [one.seq for one in messages] == list(range(1, room.last_seq + 1))
        assert [one.created_at for one in messages] == sorted(one.created_at for one in messages)
        versions = [one.version for one in messages]
        assert versions == sorted(set(versions))
        assert room.version == max(versions, default=0)
        if messages:
            assert room.last_at == messages[-1].created_at
            assert messages[0].created_at >= room.created_at
    places = Membership.objects.select_related("room")
    members = {(place.room_id, place.user_id): place for place in places}
    for author, room_id, last in Message.objects.values_list("author", "room").annotate(last=Max("seq")):
        place = members[room_id, author]
        assert last <= place.read_seq <= place.room.last_seq, "one's own messages are not unread"
        assert place.seen_seq == place.read_seq


def changes_after(message: Message) -> int:
    later = message.room.messages.filter(seq__gt=message.seq)
    return sum(1 for one in later if one.edited_at or one.deleted_at)
