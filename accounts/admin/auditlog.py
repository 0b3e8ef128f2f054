"""Who did what to whom: to read, to search and to take away as CSV, and for nobody to change."""

import csv
from collections.abc import Iterator
from datetime import UTC
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.admin.discreet import LookedAt
from accounts.admin.entrance import viewer_of
from accounts.audit import WORDS, record
from accounts.models import AuditEntry, User

PEOPLE = 200  # that a search looks for, at most
PAGE = 500  # entries that are in memory at a time
HEADER = ["number", "at", "by", "what", "to whom", "room", "thing", "reason", "details", "address"]


class WhatFilter(admin.SimpleListFilter):
    """From the words that there are, not those in the table: to find those out would be to read all of it."""

    title = _("what")
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(WORDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return queryset.filter(what=self.value()) if self.value() else queryset


class PersonFilter(admin.SimpleListFilter):
    """Offered by the page of a person."""

    title = _("person")
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        number = request.GET.get("person", "")
        person = User.objects.filter(pk=number).first() if number.isdecimal() else None
        return [(number, person.name)] if person else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return queryset.filter(Q(person=self.value()) | Q(by=self.value())) if self.value() else queryset


class Streamed(StreamingHttpResponse):
    """Piece by piece on the server's loop as well, where Django would first gather all of what is not asynchronous."""

    async def __aiter__(self) -> Any:
        pieces = iter(self)
        while (piece := await sync_to_async(_next)(pieces)) is not None:
            yield piece


def _next(pieces: Iterator[bytes]) -> bytes | None:
    try:
        return next(pieces, None)
    finally:
        connections.close_all()  # as chatpoc.asgi does: the browser may never ask for more


@admin.register(AuditEntry)
class AuditLog(LookedAt):
    list_display = ["when", "who", "did", "whom", "room", "of_what", "because", "more", "where"]
    list_display_links = ["when"]
    fields = ["when", "who", "did", "whom", "room", "of_what", "because", "more", "where"]
    show_facets = admin.ShowFacets.NEVER
    list_filter = [WhatFilter, ("at", admin.DateFieldListFilter), PersonFilter]
    list_select_related = ["by", "person"]
    ordering = ["-pk"]
    sortable_by: ClassVar[list[str]] = []  # by time alone, which is the key
    search_fields = ["thing"]  # the field is there; what it finds is below
    search_help_text = _("A person's handle or name, or a room's number.")
    actions = None
    change_list_template = "admin/accounts/auditentry/change_list.html"

    @admin.display(description=_("when"))
    def when(self, entry: AuditEntry) -> str:
        return date_format(timezone.localtime(entry.at), "DATETIME_FORMAT")

    @admin.display(description=_("who"))
    def who(self, entry: AuditEntry) -> Any:
        return entry.by or _("the chat, or a command")

    @admin.display(description=_("what"))
    def did(self, entry: AuditEntry) -> Any:
        return WORDS.get(entry.what, entry.what)

    @admin.display(description=_("to whom"))
    def whom(self, entry: AuditEntry) -> Any:
        return entry.person

    @admin.display(description=_("room"))
    def room(self, entry: AuditEntry) -> Any:
        return entry.room_number and str(entry.room_number)

    @admin.display(description=_("of what"))
    def of_what(self, entry: AuditEntry) -> str:
        return entry.thing

    @admin.display(description=_("why"))
    def because(self, entry: AuditEntry) -> str:
        return entry.reason

    @admin.display(description=_("more"))
    def more(self, entry: AuditEntry) -> str:
        return entry.details

    @admin.display(description=_("from where"))
    def where(self, entry: AuditEntry) -> str:
        return entry.address

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[AuditEntry], term: str) -> Any:
        if not (term := term.strip()):
            return queryset, False
        if term.isdecimal():
            return queryset.filter(room_number=int(term[:18])), False
        people = list(User.objects.search(term).values_list("pk", flat=True)[:PEOPLE])
        return queryset.filter(Q(by__in=people) | Q(person__in=people)), False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export)
        return [path("export/", view, name="accounts_auditentry_export"), *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """What the list shows, all of it. It is noted as well. A GET is who had to sign in on the way."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:accounts_auditentry_changelist")
        try:
            shown = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:  # as the list does
            return redirect("admin:accounts_auditentry_changelist")
        last = record("exported", by=viewer_of(request), thing="audit log", details=request.GET.urlencode())
        name = f"audit-log-{timezone.now():%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Streamed(rows_of(shown.filter(pk__lt=last.pk)), content_type="text/csv; charset=utf-8", headers=headers)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        return super().changelist_view(request, (extra_context or {}) | {"title": _("Audit log"), "asked": asked})


class _Line:
    """What csv writes into, and is handed on."""

    def write(self, text: str) -> str:
        return text


def rows_of(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    """Newest first, by pages that begin where the last one ended: no cursor is held, and no page is slower than another."""
    writer: Any = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(HEADER)  # the mark tells spreadsheets that it is UTF-8
    entries, before = entries.select_related("by", "person").order_by("-pk"), None
    while page := list((entries.filter(pk__lt=before) if before else entries)[:PAGE]):
        yield "".join(writer.writerow([harmless(cell) for cell in _cells(entry)]) for entry in page)
        before = page[-1].pk


def _cells(entry: AuditEntry) -> list[Any]:
    at = entry.at.astimezone(UTC).isoformat(timespec="seconds")
    people = [person and f"{person.name} (@{person.handle})" for person in (entry.by, entry.person)]
    return [
        entry.pk, at, people[0], entry.what, people[1], entry.room_number, entry.thing, entry.reason, entry.details,
        entry.address,
    ]  # fmt: skip


def harmless(cell: Any) -> str:
    """A spreadsheet computes what begins so, and could send the rest of the table somewhere: it is made a text."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" \0").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")) else text
