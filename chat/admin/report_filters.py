"""What the queue of reports is filtered by. Unasked, it shows what is still to be done."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat.models import Complaint, Report


class State(SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Report.State.choices)

    def choices(self, changelist: Any) -> Iterator[Any]:
        all_of_them, *states = super().choices(changelist)
        yield {**all_of_them, "display": _("to do")}
        yield from states

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        state = self.value() if self.value() in Report.State.values else ""
        return queryset.filter(state__in=[state] if state else [Report.State.OPEN, Report.State.TAKEN])


class Kind(SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("message", _("a message")), ("person", _("a person"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        """A report of a message keeps its text, also where the message is gone."""
        wanted = {"message": ~Q(body=""), "person": Q(body="")}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(wanted)


class Reason(SimpleListFilter):
    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Complaint.Reason.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        if self.value() not in Complaint.Reason.values:
            return queryset
        return queryset.filter(Exists(Complaint.objects.filter(report=OuterRef("pk"), reason=self.value())))


class Mine(SimpleListFilter):
    title = _("taken by")
    parameter_name = "mine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("me"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        return queryset.filter(taken_by=request.user.pk) if self.value() == "yes" else queryset
