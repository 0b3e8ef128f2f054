"""Rooms as such: the open ones, a new one, and what moderators decide about one."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import ViewerRequest
from chat.channels import page_for
from chat.history import number
from chat.models import Room
from chat.models.refusals import NotAllowed
from chat.room_forms import RoomForm
from chat.views.people import asked_for
from chat.views.refusing import refusing
from chat.views.rooms import find_room
from chatpoc import live
from chatpoc.limits.middleware import limited


@live.fragment(
    "chat/_open_rooms.html",
    tags=lambda request: ["openrooms", f"conversations:{request.user.pk}"],
    query=("q", "after"),
)
def open_rooms(request: ViewerRequest) -> dict[str, Any]:
    """A page of the rooms that anyone may enter; `?q=` searches."""
    query = asked_for(request)
    return {"page": page_for(request.user, query, number(request, "after")), "query": query}


@require_safe
def rooms(request: ViewerRequest) -> HttpResponse:
    if request.htmx.target == "div#open-rooms":
        return HttpResponse(open_rooms.render(request, reverse("chat:open_rooms"), {}))
    return render(request, "chat/rooms.html", {"query": asked_for(request)})


def too_fast(request: ViewerRequest, *, reason: str) -> HttpResponse:
    form = RoomForm(request.POST)
    form.add_error(None, reason)
    return render(request, "chat/room_form.html", {"form": form}, status=429)


@limited(post="room", refused=too_fast)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ViewerRequest) -> HttpResponse:
    form = RoomForm(request.POST) if request.method == "POST" else RoomForm(initial={"kind": Room.Kind.OPEN})
    if not form.is_valid():
        return render(request, "chat/room_form.html", {"form": form}, status=422 if form.is_bound else 200)
    return redirect("chat:room", Room.objects.open_by(request.user, **form.cleaned_data).pk)


@refusing
def settings_too_fast(request: ViewerRequest, room_id: int, *, reason: str) -> HttpResponse:
    room = find_moderated(request, room_id)
    form = RoomForm(request.POST, room=room)
    form.add_error(None, reason)
    return render(request, "chat/room_form.html", {"form": form, "room": room}, status=429)


@limited(refused=settings_too_fast)
@require_http_methods(["GET", "HEAD", "POST"])
@refusing
def settings(request: ViewerRequest, room_id: int) -> HttpResponse:
    """Name, topic and kind, for moderators."""
    room = find_moderated(request, room_id)
    initial = {"name": room.name, "subject": room.subject, "kind": room.kind}
    form = RoomForm(request.POST if request.method == "POST" else None, room=room, initial=initial)
    if not form.is_valid():
        return render(
            request, "chat/room_form.html", {"form": form, "room": room}, status=422 if form.is_bound else 200
        )
    room.change(by=request.user, **form.cleaned_data)
    return redirect("chat:room", room.pk)


@live.fragment("chat/_archiving.html", tags=lambda _request, room_id: [f"rooms:{room_id}", f"members:{room_id}"])
def archiving(request: ViewerRequest, room_id: int) -> dict[str, Any]:
    """Whether a room is archived, and for a moderator the way to change that."""
    room = find_room(request.user, room_id)
    return {"room": room, "moderates": room.moderated_by(request.user)}


@require_http_methods(["GET", "HEAD", "POST"])
@refusing
def archive(request: ViewerRequest, room_id: int) -> HttpResponse:
    """POST archives the room, or with `reopen` opens it again. A GET comes from a sign-in on the way."""
    room = find_room(request.user, room_id)
    if request.method == "POST":
        (room.reopen if "reopen" in request.POST else room.archive)(by=request.user)
    return redirect("chat:room", room.pk)


def find_moderated(request: ViewerRequest, room_id: int) -> Room:
    room = find_room(request.user, room_id)
    if room.kind == Room.Kind.DIRECT:
        raise Http404
    if not room.moderated_by(request.user):
        raise NotAllowed(_("Only a moderator of this room may change it."))
    return room
