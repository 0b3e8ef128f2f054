"""Something is reported to moderators: a message, or a person. What came of it, its reporter finds at /reports/."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import ViewerRequest
from chat import complaints
from chat.complaint_forms import ComplaintForm
from chat.history import number
from chat.models import Complaint, Message, Report
from chat.models.refusals import NotAMember, Refused
from chat.models.report import DETAILS_LIMIT
from chat.models.reporting import require_reportable_message, require_reportable_person
from chat.views.rooms import find_room
from chatpoc.limits.middleware import limited

PAGE = ["GET", "HEAD", "POST"]
LISTED = 20  # messages to choose from, without JavaScript

Filed = tuple[Complaint, bool]


class Thing:
    """What is reported."""

    def __init__(self, viewer: User, person: User, message: Message | None = None) -> None:
        self.viewer, self.person, self.message = viewer, person, message

    def require_reportable(self) -> None:
        """Raises Refused."""
        if self.message:
            require_reportable_message(self.message, self.viewer)
        else:
            require_reportable_person(self.person, self.viewer)

    def report(self, **said: str) -> Filed:
        """Raises Refused, NotAMember."""
        filed: Filed
        if self.message:
            filed = Report.objects.of_message(self.message, by=self.viewer, **said)
        else:
            filed = Report.objects.of_person(self.person, by=self.viewer, **said)
        return filed

    @property
    def said_before(self) -> Complaint | None:
        """What the viewer complained of already, where that is still looked at."""
        of = {"message": self.message} if self.message else {"message": None, "person": self.person, "body": ""}
        waiting = Report.objects.filter(**of).waiting()
        return Complaint.objects.filter(report__in=waiting, by=self.viewer).first()


def find_message(request: ViewerRequest, room_id: int, seq: int) -> Thing:
    room = find_room(request.user, room_id)
    message: Message = get_object_or_404(room.said.select_related("author"), seq=seq)
    message.room = room
    return Thing(request.user, message.author, message)


def find_person(request: ViewerRequest, person_id: int) -> Thing:
    return Thing(request.user, get_object_or_404(User, pk=person_id))


def too_fast(find: Callable[..., Thing]) -> Callable[..., HttpResponse]:
    def refuse(request: ViewerRequest, *, reason: str, **named: int) -> HttpResponse:
        form = ComplaintForm(request.POST)
        form.add_error(None, reason)
        return form_page(request, find(request, **named), form, status=429)

    return refuse


@limited(post="report", refused=too_fast(find_message))
@require_http_methods(PAGE)
def message(request: ViewerRequest, room_id: int, seq: int) -> HttpResponse:
    return report(request, find_message(request, room_id, seq))


@limited(post="report", refused=too_fast(find_person))
@require_http_methods(PAGE)
def person(request: ViewerRequest, person_id: int) -> HttpResponse:
    return report(request, find_person(request, person_id))


def report(request: ViewerRequest, thing: Thing) -> HttpResponse:
    if request.method != "POST":
        return asking(request, thing)
    form = ComplaintForm(request.POST)
    if not form.is_valid():
        return form_page(request, thing, form, status=422)
    try:
        complaint, new = thing.report(**form.cleaned_data)
    except NotAMember:
        raise Http404 from None  # they were sent out a moment ago
    except Refused as reason:
        form.add_error(None, str(reason))
        return form_page(request, thing, form, status=403)
    return redirect(f"{reverse('chat:reports')}?{'sent' if new else 'again'}={complaint.pk}")


def asking(request: ViewerRequest, thing: Thing) -> HttpResponse:
    try:
        thing.require_reportable()
    except Refused as reason:
        context = {"reason": str(reason), "room_id": thing.message and thing.message.room_id}
        return render(request, "chat/refused.html", context, status=403)
    before = thing.said_before
    said = {"reason": before.reason, "details": before.details} if before else {}
    return form_page(request, thing, ComplaintForm(initial=said), before=before)


def form_page(
    request: ViewerRequest, thing: Thing, form: ComplaintForm, *, before: Complaint | None = None, status: int = 200
) -> HttpResponse:
    room = thing.message.room if thing.message else None
    context = {
        "person": thing.person,
        "message": thing.message,
        "room": room,
        "form": form,
        "before": before,
        "limit": DETAILS_LIMIT,
        "around": room and complaints.around(room),
    }
    return render(request, "chat/report_form.html", context, status=status)


@require_safe
def reports(request: ViewerRequest) -> HttpResponse:
    """What the viewer reported; and thanks, when they come from there."""
    sent, again = number(request, "sent"), number(request, "again")
    own = Complaint.objects.filter(by=request.user).select_related("report__person", "report__message")
    just_now = own.filter(pk=sent or again or 0).first()
    return render(request, "chat/reports.html", {"just_now": just_now, "again": again is not None})


@require_http_methods(PAGE)
def told(request: ViewerRequest, complaint_id: int) -> HttpResponse:
    """POST puts the notice of what came of it away. A GET comes from a sign-in on the way."""
    complaint = get_object_or_404(Complaint.objects.select_related("report"), pk=complaint_id, by=request.user)
    if request.method == "POST" and complaint.report.is_resolved and not complaint.told_at:
        complaint.told_at = timezone.now()
        complaint.save(update_fields=["told_at"])
    if request.method == "POST" and request.htmx:
        return HttpResponse(complaints.outcomes.render(request, reverse("chat:outcomes"), {}))
    return redirect("chat:reports")


@require_safe
def reportable(request: ViewerRequest, room_id: int) -> HttpResponse:
    """What others said last, with the way to report it: for a browser without JavaScript, which has no toolbar."""
    room = find_room(request.user, room_id)
    others = room.said.exclude(author=request.user).filter(deleted_at=None, event="")
    said: list[Any] = others.newest(LISTED + 1, before=number(request, "before"))
    older = said[1].seq if len(said) > LISTED else None
    return render(request, "chat/reportable.html", {"room": room, "messages": said[::-1][:LISTED], "older": older})
