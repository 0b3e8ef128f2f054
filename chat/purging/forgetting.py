"""What else grows old: texts of what is deleted already, the audit log, sessions, reports and held messages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import AuditEntry
from chat.models import HeldMessage, Message, Report, Room
from chatpoc import live
from chatpoc.batches import unhurried

AT_ONCE = 500  # rows


@dataclass(frozen=True)
class Kind:
    """Something that `purge` can be asked for. `old` finds it among these rooms; `forget` takes some rows of it away."""

    name: str
    words: str
    help: str
    old: Callable[[datetime, QuerySet[Room] | None], QuerySet[Any]]
    forget: Callable[[QuerySet[Any]], int]
    by_room: bool = False

    def purge(self, before: datetime, rooms: QuerySet[Room] | None) -> Iterator[int]:
        def batch() -> int:
            old = self.old(before, rooms)
            keys = list(old.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
            with transaction.atomic():
                return self.forget(old.filter(pk__in=keys)) if keys else 0

        yield from unhurried(batch)


def deleted_texts(before: datetime, rooms: QuerySet[Room] | None) -> QuerySet[Message]:
    old: QuerySet[Message] = Message.objects.filter(deleted_at__lt=before).exclude(body="")
    if rooms is not None:
        old = old.filter(room__in=rooms.values("pk"))
    return old


def wipe(messages: QuerySet[Message]) -> int:
    """Nobody was shown it any more, so no page has to hear of it."""
    wiped: int = messages.update(body="")
    return wiped


def audit_entries(before: datetime, _rooms: QuerySet[Room] | None) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(at__lt=before)


def sessions(before: datetime, _rooms: QuerySet[Room] | None) -> QuerySet[UserSession]:
    used: QuerySet[UserSession] = UserSession.objects.filter(last_seen_at__lt=before)
    return used


def end(entries: QuerySet[UserSession]) -> int:
    """As in accounts.sessions.end_sessions, for many people."""
    found = list(entries.values_list("pk", "session_key", "user"))
    Session.objects.filter(session_key__in=[key for _, key, _ in found]).delete()
    gone = UserSession.objects.filter(pk__in=[pk for pk, *_ in found])
    live.changed(*{f"access:{user}" for *_, user in found})
    ended: int = gone._raw_delete(gone.db)
    return ended


def reports(before: datetime, _rooms: QuerySet[Room] | None) -> QuerySet[Report]:
    resolved: QuerySet[Report] = Report.objects.filter(state=Report.State.RESOLVED, resolved_at__lt=before)
    return resolved


def held(before: datetime, _rooms: QuerySet[Room] | None) -> QuerySet[HeldMessage]:
    return HeldMessage.objects.filter(~Q(state=HeldMessage.State.WAITING), decided_at__lt=before)


def delete(rows: QuerySet[Any]) -> int:
    found = rows.count()
    rows.delete()
    return found


KINDS = (
    Kind(
        "deleted", "texts of deleted messages", "what was deleted longer ago: its place stays, its text goes for good",
        deleted_texts, wipe, by_room=True,
    ),
    Kind("audit", "audit entries", "entries of the audit log", audit_entries, delete),
    Kind("sessions", "sessions", "sessions that were last used longer ago; their owners sign in anew", sessions, end),
    Kind("reports", "resolved reports", "reports that were resolved longer ago, with what they quote", reports, delete),
    Kind("held", "decided held messages", "held messages that were released or refused longer ago", held, delete),
)  # fmt: skip
