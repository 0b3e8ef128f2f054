"""What is somebody's own, for them to have: what they gave, said and did, and what was decided about them.

With the texts of theirs that are deleted, since they are still kept. Without what is somebody else's: what others said, in a
direct conversation too; who blocked or reported them; which moderator did something. Without what lets anybody in: hashes of
passwords, keys of factors and of sessions.
"""

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import F, QuerySet

from accounts.models import AuditEntry, Block, User
from chat.exporting.archive import Archive, Record
from chat.exporting.pictures import add_picture, place_of
from chat.models import Complaint, HeldMessage, Membership, Message, Room
from chatpoc.batches import by_key
from presence.models import LastSeen

ACCOUNT = (
    "email", "handle", "name", "bio", "time_zone", "is_active", "is_staff", "is_superuser", "created_at", "last_login",
    "deactivated_at", "deleted_at", "suspended_until", "suspended_because", "hidden_since",
)  # fmt: skip
SAID = ("seq", "body", "created_at", "edited_at", "deleted_at", "deleted_because", "event", "until")
ABOUT_THEM = ("seq", "event", "created_at", "until")  # without the reason, which may name others
ROOM = ("room__kind", "room__name", "room__direct_low", "room__direct_high")


def export_person(archive: Archive, person: User, manifest: Record) -> None:
    archive.lines("account.jsonl", "account", [account(person)])
    for name, type_, rows in what_is_theirs(person):
        archive.lines(f"{name}.jsonl", type_, by_key(rows, "id"))
    archive.lines("memberships.jsonl", "membership", memberships(person))
    archive.lines("messages.jsonl", "message", said(person))
    archive.lines("lines_about_them.jsonl", "line", lines_about(person))
    add_picture(archive, person)
    archive.finish(manifest | {"person": person.pk, "handle": person.handle})


def account(person: User) -> Record:
    seen = LastSeen.objects.filter(user=person).values_list("at", flat=True).first()
    groups = list(person.groups.order_by("name").values_list("name", flat=True))
    told = {field: getattr(person, field) for field in ACCOUNT}
    return {"id": person.pk} | told | {"last_seen_at": seen, "groups": groups, "picture": place_of(person)}


AMONG_MODERATORS = (
    "took a report",
    "gave a report back",
    "resolved a report",
)  # who does, and their notes to each other


def what_is_theirs(person: User) -> Iterator[tuple[str, str, QuerySet[Any, Any]]]:
    """(file, type of each line, rows), just as they are stored."""
    mine = {"user": person}
    yield "emails", "email", EmailAddress.objects.filter(**mine).values("id", "email", "verified", "primary")
    factors = Authenticator.objects.filter(**mine).values("id", "created_at", "last_used_at", kind=F("type"))
    yield "second_factors", "second_factor", factors
    sessions = UserSession.objects.filter(**mine)
    yield "sessions", "session", sessions.values("id", "ip", "user_agent", "created_at", "last_seen_at")
    held = HeldMessage.objects.filter(author=person).values("id", "room_id", "body", "state", "because", "created_at")
    yield "held_messages", "held_message", held
    blocks = Block.objects.filter(by=person)
    yield "blocks", "block", blocks.values("id", "person_id", "created_at", handle=F("person__handle"))
    about = {"about_person": F("report__person"), "room": F("report__message__room"), "seq": F("report__message__seq")}
    complaints = Complaint.objects.filter(by=person)
    yield "complaints", "complaint", complaints.values("id", "reason", "details", "created_at", **about)
    entries = AuditEntry.objects.filter(person=person).exclude(what__in=AMONG_MODERATORS)
    told = ("id", "at", "what", "room_number", "thing", "reason", "details")
    yield "decisions_about_them", "decision", entries.values(*told)


def memberships(person: User) -> Iterator[Record]:
    fields = ("role", "joined_at", "read_seq", "seen_seq", "seen_at", "notify", "silenced_until")
    for row in by_key(Membership.objects.filter(user=person).values("id", "room", *ROOM, *fields), "id"):
        yield {"room": room_of(row, person)} | {field: row[field] for field in fields}


def said(person: User) -> Iterator[Record]:
    for row in by_key(Message.objects.filter(author=person).values("id", "room", "deleted_by", *ROOM, *SAID), "id"):
        by_moderator = row["deleted_by"] is not None
        yield {"room": room_of(row, person)} | {f: row[f] for f in SAID} | {"deleted_by_moderator": by_moderator}


def lines_about(person: User) -> Iterator[Record]:
    for row in by_key(Message.objects.filter(about=person).values("id", "room", *ROOM, *ABOUT_THEM), "id"):
        yield {"room": room_of(row, person)} | {field: row[field] for field in ABOUT_THEM}


def room_of(row: dict[str, Any], person: User) -> Record:
    """A direct one has no name, but the other person's number."""
    told = {"id": row["room"], "kind": row["room__kind"], "name": row["room__name"]}
    if row["room__kind"] != Room.Kind.DIRECT:
        return told
    low, high = row["room__direct_low"], row["room__direct_high"]
    return told | {"with": high if low == person.pk else low}
