"""The queue of what people reported, and a page for each, from which a moderator does what is to be done."""

from collections import defaultdict
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import truncatechars
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from accounts.admin.discreet import GoesAlong
from accounts.admin.entrance import viewer_of
from accounts.models import User
from chat.admin.report_filters import Kind, Mine, Reason, State
from chat.admin.report_page import ACTS, Forms, context_of
from chat.models import Complaint, Report
from chat.models.refusals import Refused

FOUND = 200  # people whose reports a search shows
EXCERPT = 80  # characters


@admin.register(Report)
class ReportAdmin(GoesAlong):
    list_display = ["what", "person", "reasons", "newest", "how_far"]
    list_filter = [State, Reason, Kind, Mine]
    list_select_related = ["person", "taken_by"]
    search_fields = ["person__name"]  # so that there is a field; see get_search_results
    search_help_text = _("Name or @handle of who is reported")
    ordering = ["state", "-last_at"]  # open before taken, since only one list has the resolved
    actions = None
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        reports: QuerySet[Report] = Report.objects.looked_at_by(viewer_of(request))
        return reports

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Report], search_term: str) -> Any:
        if not search_term.strip():
            return queryset, False
        people = User.objects.search(search_term).order_by("pk").values_list("pk", flat=True)[:FOUND]
        return queryset.filter(person__in=list(people)), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        found.result_list = with_reasons(list(found.result_list))
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {"title": _("Reports"), **(extra_context or {})})

    @admin.display(description=_("what"))
    def what(self, report: Report) -> Any:
        """The message as it was, or that it is about the person."""
        return truncatechars(report.body, EXCERPT) if report.body else _("the person")

    @admin.display(description=_("complaints"), ordering="complained")
    def reasons(self, report: Report) -> str:
        return f"{report.complained}: {', '.join(getattr(report, 'reasons', ()))}"

    @admin.display(description=_("newest"), ordering="last_at")
    def newest(self, report: Report) -> Any:
        return _("%(age)s ago") % {"age": timesince(report.last_at, depth=1)}

    @admin.display(description=_("state"), ordering="state")
    def how_far(self, report: Report) -> Any:
        state = report.get_outcome_display() if report.is_resolved else report.get_state_display()
        return f"{state}: {report.taken_by.name}" if report.taken_by else state

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Nothing of a report is filled in by hand: a POST says what is `do`ne."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        report = self.get_object(request, unquote(object_id))
        if report is None:
            messages.warning(request, _("There is no such report."))
            return HttpResponseRedirect(reverse("admin:chat_report_changelist"))
        if request.method == "POST":
            return self._act(request, report)
        return self._page(request, report, Forms.empty(report))

    def _act(self, request: HttpRequest, report: Report) -> HttpResponse:
        """Do it by the verb that the page of the chat has, too, or say why not beside what was typed."""
        act = ACTS.get(request.POST.get("do", ""))
        if not self.has_change_permission(request, report):
            raise PermissionDenied
        if act is None:
            return self._refuse(request, report, Forms.empty(report), _("Choose what to do."), 422)
        if act.permission and not viewer_of(request).has_perm(act.permission):
            raise PermissionDenied
        forms = Forms.of(request, report)
        if not act.is_valid(forms):
            return self._page(request, report, forms, status=422)
        try:
            done = act.do(report, viewer_of(request), forms)
        except Refused as reason:
            return self._refuse(request, report, forms, str(reason), 409)
        self.log_change(request, report, [{"changed": {}}])
        self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:chat_report_change", args=[report.pk]))

    def _refuse(self, request: HttpRequest, report: Report, forms: Forms, reason: Any, status: int) -> HttpResponse:
        report.refresh_from_db()  # somebody may have been faster
        self.message_user(request, reason, messages.ERROR)
        return self._page(request, report, forms, status=status)

    def _page(self, request: HttpRequest, report: Report, forms: Forms, *, status: int = 200) -> HttpResponse:
        context = self.admin_site.each_context(request) | context_of(report, viewer_of(request), forms)
        context |= {"opts": self.opts, "title": _("A report"), "may_act": self.has_change_permission(request, report)}
        return TemplateResponse(request, "admin/chat/report/page.html", context, status=status)


def with_reasons(reports: list[Report]) -> list[Report]:
    """Each with the reasons that were given, the most frequent first, and how often. One statement."""
    counted = Complaint.objects.filter(report__in=reports).order_by().values_list("report", "reason")
    found = defaultdict(list)
    for report, reason, count in counted.annotate(count=Count("pk")):
        found[report].append((count, str(Complaint.Reason(reason).label)))
    for report in reports:
        given = sorted(found[report.pk], key=lambda pair: (-pair[0], pair[1]))
        report.reasons = [f"{label} × {count}" if count > 1 else label for count, label in given]  # type: ignore[attr-defined]
    return reports
