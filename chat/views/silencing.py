"""Mute a member of a room for a time, and take that back; and what the viewer is told who is muted."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import ViewerRequest
from chat.models import Membership, Room
from chat.models.authority import moderates
from chat.models.refusals import NotAllowed
from chat.models.silencing import PERMISSION
from chat.moderation_forms import SilenceForm
from chat.views.memberships import find_group
from chat.views.refusing import refusing
from chatpoc.limits.middleware import limited

PAGE = ["GET", "HEAD", "POST"]


@refusing
def too_fast(request: ViewerRequest, room_id: int, person_id: int, *, reason: str) -> HttpResponse:
    room, membership = find_member(request.user, room_id, person_id)
    form = SilenceForm(request.POST)
    form.add_error(None, reason)
    return page(request, room, membership, form, status=429)


@limited(refused=too_fast)
@require_http_methods(PAGE)
@refusing
def silence(request: ViewerRequest, room_id: int, person_id: int) -> HttpResponse:
    """POST mutes a member for as long as was chosen; GET asks for how long, and why."""
    room, membership = find_member(request.user, room_id, person_id)
    form = SilenceForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, room, membership, form, status=422 if form.is_bound else 200)
    room.silence(by=request.user, person=membership.user, until=form.until, because=form.cleaned_data["because"])
    return redirect("chat:room_people", room.pk)


@require_http_methods(PAGE)
@refusing
def speech(request: ViewerRequest, room_id: int, person_id: int) -> HttpResponse:
    """POST gives a member their word back. A GET comes from a sign-in on the way: the list of members has the button."""
    room, membership = find_member(request.user, room_id, person_id)
    if request.method == "POST":
        room.unsilence(by=request.user, person=membership.user)
    return redirect("chat:room_people", room.pk)


def find_member(viewer: User, room_id: int, person_id: int) -> tuple[Room, Membership]:
    """Of a group that `viewer` may moderate. Raises NotAllowed."""
    room = find_group(viewer, room_id)
    if not moderates(room, viewer, PERMISSION):
        raise NotAllowed(_("Only a moderator of this room may do that."))
    return room, get_object_or_404(room.memberships.select_related("user"), user=person_id)


def page(request: ViewerRequest, room: Room, membership: Membership, form: SilenceForm, *, status: int) -> HttpResponse:
    context: dict[str, Any] = {"room": room, "person": membership.user, "membership": membership, "form": form}
    return render(request, "chat/silence.html", context, status=status)
