"""What became of a message, and when it was said: in words, and as filters."""

from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Message

STATES = {
    "shown": (_("shown"), Q(deleted_at=None, event="")),
    "edited": (_("edited"), Q(edited_at__isnull=False, deleted_at=None)),
    "deleted": (_("deleted by a moderator"), Q(deleted_at__isnull=False, deleted_by__isnull=False)),
    "withdrawn": (_("deleted by its author"), Q(deleted_at__isnull=False, deleted_by=None)),
    "line": (_("line about the room"), ~Q(event="")),
}
# Those of which there are few have an index of their own.
INDEXED = {
    "edited": Q(edited_at__isnull=False),
    "deleted": Q(deleted_at__isnull=False),
    "withdrawn": Q(deleted_at__isnull=False),
}
# What its author took back is shown to nobody, and found by nobody.
READABLE = Q(deleted_at=None) | Q(deleted_by__isnull=False)


def state_of(message: Message) -> str:
    if message.event:
        return "line"
    if message.deleted_at:
        return "deleted" if message.deleted_by_id else "withdrawn"
    return "edited" if message.edited_at else "shown"


def state_in_words(message: Message) -> str:
    return str(STATES[state_of(message)][0])


class StateFilter(SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, words) for name, (words, _condition) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message] | None:
        state = self.value()
        return queryset.filter(STATES[state][1]) if state in STATES else None


class TimeFilter(SimpleListFilter):
    title = _("time")
    parameter_name = "since"
    spans = {
        "hour": (_("The last hour"), timedelta(hours=1)),
        "day": (_("The last day"), timedelta(days=1)),
        "week": (_("The last week"), timedelta(days=7)),
        "month": (_("The last month"), timedelta(days=30)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, words) for name, (words, _span) in self.spans.items()]

    @property
    def since(self) -> Any:
        span = self.spans.get(self.value() or "")
        return timezone.now() - span[1] if span else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message] | None:
        return queryset.filter(created_at__gte=since) if (since := self.since) else None
