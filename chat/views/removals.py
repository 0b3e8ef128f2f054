"""A moderator sends a member out; and what that one is told."""

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import ViewerRequest
from chat.models import Message, Room
from chat.models.message import Event
from chat.models.refusals import NotAllowed
from chat.moderation_forms import ReasonForm
from chat.views.memberships import find_group
from chat.views.refusing import refusing
from chatpoc.limits.middleware import limited

OF_LATE = timedelta(days=1)  # a page that slept tells it then

PAGE = ["GET", "HEAD", "POST"]


@refusing
def too_fast(request: ViewerRequest, room_id: int, person_id: int, *, reason: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    form.add_error(None, reason)
    return page(request, find_group(request.user, room_id), person_id, form, status=429)


@limited(refused=too_fast)
@require_http_methods(PAGE)
@refusing
def removal(request: ViewerRequest, room_id: int, person_id: int) -> HttpResponse:
    """POST sends a member out; GET asks whether it is meant, and why."""
    room = find_group(request.user, room_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, room, person_id, form, status=422 if form.is_bound else 200)
    person = get_object_or_404(User, pk=person_id)
    room.remove(by=request.user, person=person, because=form.cleaned_data["because"])
    return redirect("chat:room_people", room.pk)


def page(request: ViewerRequest, room: Room, person_id: int, form: ReasonForm, *, status: int) -> HttpResponse:
    if not room.moderated_by(request.user):
        raise NotAllowed(_("Only a moderator of this room may do that."))
    person = get_object_or_404(User, pk=person_id, rooms=room)
    return render(request, "chat/removal.html", {"room": room, "person": person, "form": form}, status=status)


@require_safe
def parting(request: ViewerRequest, room_id: int) -> HttpResponse:
    """To who was removed of late: when, and why. To everybody else, and where there is no such room, 404 by one statement."""
    lines = Message.objects.filter(room=room_id, about=request.user, event=Event.REMOVED)
    lines = lines.filter(created_at__gte=timezone.now() - OF_LATE).exclude(room__memberships__user=request.user)
    if (line := lines.order_by("-seq").first()) is None:
        raise Http404
    return render(request, "chat/_parting.html", {"line": line})
