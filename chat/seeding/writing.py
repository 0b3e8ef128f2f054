"""A batch of messages into the database: in one transaction, after what others wrote meanwhile, and told to who watches."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from chat.models import Membership, Message
from chat.seeding.history import Segment
from chat.seeding.people import DOMAIN
from chatpoc import live
from chatpoc.database import again_after_conflict

COLUMNS = ["room_id", "author_id", "seq", "version", "client_id", "body", "created_at", "edited_at", "deleted_at"]
PER_MESSAGE = {"id", *COLUMNS}
# What no message of ours uses, and still cannot be NULL
DEFAULTS: dict[str, Any] = {
    str(field.column): field.get_default()
    for field in Message._meta.local_concrete_fields
    if not field.null and field.column not in PER_MESSAGE
}


@again_after_conflict
def write(batch: Sequence[Segment]) -> int:
    """Returns how many messages were written: a room that was archived or deleted meanwhile takes none."""
    with transaction.atomic(), live.exactly():
        places = _take_places_in_transaction(batch)
        rows = [
            row for segment in batch if segment.room.pk in places for row in rows_of(segment, *places[segment.room.pk])
        ]
        insert(rows)
        for segment in batch:
            if segment.room.pk in places:
                _move_marks(segment, places[segment.room.pk][0] + len(segment.said))
        watched = _watched(places)
        live.changed(*(f"{type_}:{room}" for room in watched for type_ in ("room", "activity")))
        transaction.on_commit(lambda: live.look_again([f"receipts:{room}" for room in watched]), robust=True)
    return len(rows)


def _take_places_in_transaction(batch: Sequence[Segment]) -> dict[int, tuple[int, int]]:
    """The seq and version before the first message of each room. Its row stays locked, as in Room.post."""
    places = {}
    with connection.cursor() as cursor:
        for segment in sorted(batch, key=lambda one: one.room.pk):
            count = len(segment.said)
            changes = sum(1 for *_, edited, deleted in segment.said if edited or deleted)
            cursor.execute(
                "UPDATE chat_room SET last_seq = last_seq + %s, version = version + %s,"
                " last_at = CASE WHEN last_at < %s THEN %s ELSE last_at END"
                " WHERE id = %s AND archived_at IS NULL RETURNING last_seq, version",
                [count, count + changes, segment.said[-1][2], segment.said[-1][2], segment.room.pk],
            )
            if taken := cursor.fetchone():
                places[segment.room.pk] = (taken[0] - count, taken[1] - count - changes)
    return places


def rows_of(segment: Segment, seq: int, version: int) -> list[tuple[Any, ...]]:
    """A change takes the version that follows the message's own."""
    room, users, ids, number = segment.room.pk, segment.room.users, segment.room.ids, segment.first
    rows = []
    for author, body, at, edited, deleted in segment.said:
        seq += 1
        version += 2 if edited or deleted else 1
        rows.append((room, users[author], seq, version, ids(number), body, at, edited, deleted))
        number += 1
    return rows


def insert(rows: list[tuple[Any, ...]]) -> None:
    if connection.vendor == "postgresql":
        _copy(rows)
        return
    names = [*COLUMNS, *DEFAULTS]
    fixed = tuple(DEFAULTS.values())
    sql = f"INSERT INTO chat_message ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(sql, [row + fixed for row in rows])


def _copy(rows: list[tuple[Any, ...]]) -> None:
    """COPY, as text. Tags are told by write(), since nobody sees a COPY."""
    names = ", ".join([*COLUMNS, *DEFAULTS])
    fixed = "".join(f"\t{_text(value)}" for value in DEFAULTS.values())
    lines = [
        f"{room}\t{user}\t{seq}\t{version}\t{client}\t{_text(body)}\t{at}\t{edited or NULL}\t{deleted or NULL}{fixed}\n"
        for room, user, seq, version, client, body, at, edited, deleted in rows
    ]
    with connection.cursor() as cursor, cursor.copy(f"COPY chat_message ({names}) FROM STDIN") as copy:
        copy.write("".join(lines))


NULL = "\\N"
SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value: object) -> str:
    text = str(value)
    return text.translate(SPECIAL) if "\n" in text or "\\" in text or "\t" in text or "\r" in text else text


def _move_marks(segment: Segment, last_seq: int) -> None:
    """Forward only: somebody may have signed in as one of them, and read on."""
    room = segment.room.pk
    found = segment.room.read_marks(segment.first + len(segment.said) - 1, segment.said[-1][2])
    marks = [(user, last_seq - unread, at) for user, unread, at in found]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "UPDATE chat_membership AS place SET read_seq = mark.seq, seen_seq = mark.seq, seen_at = mark.at"
                " FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS mark (user_id, seq, at)"
                " WHERE place.user_id = mark.user_id AND place.room_id = %s AND place.read_seq <= mark.seq",
                [*(list(column) for column in zip(*marks, strict=True)), room],
            )
        else:
            cursor.executemany(
                "UPDATE chat_membership SET read_seq = %s, seen_seq = %s, seen_at = %s"
                " WHERE user_id = %s AND room_id = %s AND read_seq <= %s",
                [(seq, seq, at, user, room, seq) for user, seq, at in marks],
            )


def _watched(places: Iterable[int]) -> list[int]:
    """Those of the rooms that somebody may have open: who was made for this can only after they signed in."""
    may = Q(user__last_login__isnull=False) | ~Q(user__email__endswith=f"@{DOMAIN}")
    there = Membership.objects.filter(may, room__in=list(places)).values_list("room_id", flat=True).distinct()
    return sorted(there)
