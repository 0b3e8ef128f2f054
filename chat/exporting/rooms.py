"""A room: what it is, who is in it, and all that was said.

The text of what is deleted is left out, whoever deleted it: nobody in the room is shown it, and an export goes to people.
Emails and read marks are nobody's business here.
"""

from collections.abc import Iterator

from django.db.models import QuerySet

from accounts.models import User
from chat.exporting.archive import Archive, Record
from chat.exporting.pictures import add_picture, place_of
from chat.models import Membership, Room
from chatpoc.batches import by_key

MESSAGE = ("seq", "version", "body", "created_at", "edited_at", "deleted_at", "deleted_because", "event", "until")
PEOPLE = ("author", "deleted_by", "about")


def export_room(archive: Archive, room: Room, manifest: Record) -> None:
    """All up to the last message that there is when it begins; each message as it is when it is read."""
    archive.lines("room.jsonl", "room", [room_record(room)])
    archive.lines("members.jsonl", "member", members(room))
    spoke: set[int] = set()
    archive.lines("messages.jsonl", "message", messages(room, spoke))
    pictured: list[int] = []
    archive.lines("people.jsonl", "person", people(room, spoke, pictured))
    for person in by_key(User.objects.filter(pk__in=pictured)):
        add_picture(archive, person)
    archive.finish(manifest | {"room": room.pk, "up_to_seq": room.last_seq, "version_at_start": room.version})


def room_record(room: Room) -> Record:
    fields = ("kind", "name", "subject", "created_at", "archived_at", "is_lobby", "last_seq", "version", "purged_seq")
    between = [pk for pk in (room.direct_low_id, room.direct_high_id) if pk]
    return {"id": room.pk} | {field: getattr(room, field) for field in fields} | {"between": between}


def members(room: Room) -> Iterator[Record]:
    for place in by_key(room.memberships.select_related("user")):
        yield {
            "person": {"id": place.user_id, "handle": place.user.handle},
            "role": place.role,
            "joined_at": place.joined_at,
            "silenced_until": place.silenced_until,
        }


def messages(room: Room, spoke: set[int]) -> Iterator[Record]:
    """Notes in `spoke` who is named in them."""
    handles = [part for name in PEOPLE for part in (f"{name}_id", f"{name}__handle")]
    rows = room.messages.filter(seq__lte=room.last_seq).values(*MESSAGE, *handles)
    for row in by_key(rows, "seq", after=room.purged_seq):
        for name in PEOPLE:
            pk, handle = row.pop(f"{name}_id"), row.pop(f"{name}__handle")
            row[name] = {"id": pk, "handle": handle} if pk else None
            if pk:
                spoke.add(pk)
        if row["deleted_at"]:
            row["body"] = None
        yield row


def people(room: Room, spoke: set[int], pictured: list[int]) -> Iterator[Record]:
    """The members, and who spoke or was spoken of, and left. Notes in `pictured` who has a picture."""
    members: QuerySet[User] = User.objects.filter(pk__in=Membership.objects.filter(room=room).values("user"))
    for person in by_key(members):
        spoke.discard(person.pk)
        yield person_record(person, pictured)
    left = sorted(spoke)
    for at in range(0, len(left), 500):
        for person in User.objects.filter(pk__in=left[at : at + 500]).order_by("pk"):
            yield person_record(person, pictured)


def person_record(person: User, pictured: list[int]) -> Record:
    if person.picture_name:
        pictured.append(person.pk)
    shown = {"id": person.pk, "handle": person.handle, "name": person.name, "bio": person.bio}
    return shown | {"picture": place_of(person), "deleted": person.deleted_at is not None}
