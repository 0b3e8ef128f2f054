"""Who is in a room: coming in, being invited, leaving, being removed, and roles."""

from datetime import timedelta
from typing import Any

from django.db.models import Case, F, Q, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import ViewerRequest
from chat.directory import Order, page
from chat.history import number
from chat.models import Message, Room
from chat.models.message import Event
from chat.models.refusals import Archived, NotAllowed
from chat.moderation_forms import ReasonForm
from chat.room_forms import InvitationForm, RoleForm
from chat.views.people import asked_for
from chat.views.previews import preview_page
from chat.views.refusing import refusing
from chat.views.rooms import find_room
from chatpoc import live
from chatpoc.limits.middleware import limited

FOUND = 20  # people that a search offers
OF_LATE = timedelta(days=1)  # a page that slept tells it then

PAGE = ["GET", "HEAD", "POST"]


@require_http_methods(PAGE)
def membership(request: ViewerRequest, room_id: int) -> HttpResponse:
    """POST enters an open room. A GET comes from a sign-in on the way: the room's page has the button."""
    own = Room.objects.visible_to(request.user).values("pk")
    room = get_object_or_404(Room, Q(kind=Room.Kind.OPEN) | Q(pk__in=own), pk=room_id)
    if request.method == "POST":
        try:
            room.enter(request.user)
        except NotAllowed:
            raise Http404 from None  # it was closed a moment ago, and so is nobody's business
        except Archived:
            return preview_page(request, room_id)
    return redirect("chat:room", room_id)


@require_http_methods(PAGE)
@refusing
def leaving(request: ViewerRequest, room_id: int) -> HttpResponse:
    """POST leaves. A closed room asks first, on this page, since it cannot be entered again without somebody inside."""
    room = find_group(request.user, room_id)
    if request.method != "POST":
        return render(request, "chat/leaving.html", {"room": room, "last": room.memberships.count() == 1})
    room.leave(request.user)
    return redirect("chat:home")


@refusing
def too_fast(request: ViewerRequest, room_id: int, *, reason: str) -> HttpResponse:
    form = InvitationForm(request.POST, viewer=request.user)
    form.add_error("people", reason)
    return invitations_page(request, find_group(request.user, room_id), form, status=429)


@limited(post="invite", refused=too_fast)
@require_http_methods(PAGE)
@refusing
def invitations(request: ViewerRequest, room_id: int) -> HttpResponse:
    """Pick people, several at once; POST invites them. `find` searches without JavaScript, and keeps who is picked."""
    room = find_group(request.user, room_id)
    if not room.invites(request.user):
        raise NotAllowed(_("Only a moderator may invite people into a closed room."))
    if room.archived_at:
        raise Archived
    form = InvitationForm(request.POST if request.method == "POST" else None, viewer=request.user)
    if request.method == "POST" and "find" in request.POST:
        return redirect(f"{request.path}?{form.asked_for()}")
    if form.is_valid():
        room.invite(by=request.user, people=form.cleaned_data["people"])
        return redirect("chat:room", room.pk)
    return invitations_page(request, room, form, status=422 if form.is_bound else 200)


def invitations_page(request: ViewerRequest, room: Room, form: InvitationForm, *, status: int) -> HttpResponse:
    picked = form.picked(request.POST if form.is_bound else request.GET)
    context = {"room": room, "form": form, "picked": picked, "query": asked_for(request)}
    return render(request, "chat/invitations.html", context, status=status)


@live.fragment("chat/_candidates.html", tags=lambda _request, room_id: ["people", f"members:{room_id}"], query=("q",))
def candidates(request: ViewerRequest, room_id: int) -> dict[str, Any]:
    """Who may be invited: those found by `?q=` who are not in the room."""
    room = find_group(request.user, room_id)
    query = asked_for(request)
    people = list(User.objects.visible_to(request.user).exclude(rooms=room).search(query)[: FOUND + 1])
    return {"room": room, "people": people[:FOUND], "more": len(people) > FOUND, "query": query}


@require_safe
def people(request: ViewerRequest, room_id: int) -> HttpResponse:
    room = find_group(request.user, room_id)
    if request.htmx.target == f"div#roster-{room.pk}":
        path = reverse("chat:roster", args=[room.pk])
        return HttpResponse(roster.render(request, path, {"room_id": room.pk}))
    return render(request, "chat/room_people.html", {"room": room, "query": asked_for(request)})


@live.fragment(
    "chat/_roster.html",
    tags=lambda _request, room_id: ["people", f"members:{room_id}", f"rooms:{room_id}"],
    query=("q", "after", "before"),
)
def roster(request: ViewerRequest, room_id: int) -> dict[str, Any]:
    """A page of a room's members with their roles, and for a moderator what can be done about each."""
    room = find_group(request.user, room_id)
    query = asked_for(request)
    members = User.objects.filter(memberships__room=room).search(query)
    members = members.annotate(role=F("memberships__role"), silenced_until=muted_until())
    order = Order("name", descending=False)
    return {
        "room": room,
        "query": query,
        "page": page(members, order, after=number(request, "after"), before=number(request, "before")),
        "moderates": room.moderated_by(request.user),
        "invites": room.invites(request.user) and not room.archived_at,
    }


def muted_until() -> Case:
    """Of a mute that is not over."""
    return Case(When(memberships__silenced_until__gt=timezone.now(), then=F("memberships__silenced_until")))


@require_http_methods(PAGE)
@refusing
def role(request: ViewerRequest, room_id: int, person_id: int) -> HttpResponse:
    """POST gives a member another role."""
    room = find_group(request.user, room_id)
    if request.method == "POST":
        member = get_object_or_404(room.memberships, user=person_id)
        form = RoleForm(request.POST)
        if form.is_valid():
            member.make(form.cleaned_data["role"], by=request.user)
    return redirect("chat:room_people", room.pk)


@refusing
def removal_too_fast(request: ViewerRequest, room_id: int, person_id: int, *, reason: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    form.add_error(None, reason)
    return removal_page(request, find_group(request.user, room_id), person_id, form, status=429)


@limited(refused=removal_too_fast)
@require_http_methods(PAGE)
@refusing
def removal(request: ViewerRequest, room_id: int, person_id: int) -> HttpResponse:
    """POST sends a member out; GET asks whether it is meant, and why."""
    room = find_group(request.user, room_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return removal_page(request, room, person_id, form, status=422 if form.is_bound else 200)
    person = get_object_or_404(User, pk=person_id)
    room.remove(by=request.user, person=person, because=form.cleaned_data["because"])
    return redirect("chat:room_people", room.pk)


def removal_page(request: ViewerRequest, room: Room, person_id: int, form: ReasonForm, *, status: int) -> HttpResponse:
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


def find_group(viewer: User, room_id: int) -> Room:
    """A room of the viewer's that people come to and go from: not a direct one."""
    room = find_room(viewer, room_id)
    if room.kind == Room.Kind.DIRECT:
        raise Http404
    return room
