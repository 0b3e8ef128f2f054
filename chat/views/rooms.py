from typing import Any
from uuid import uuid4

from django.core.exceptions import BadRequest
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import ViewerRequest
from chat.forms import MessageForm, ReadForm, UnreadForm
from chat.history import Page, asked_for, cast_of
from chat.log import Log, newest_log
from chat.marks import put_back, read_everything
from chat.models import Membership, Room
from chat.models.message import BODY_LIMIT, REASON_LIMIT
from chat.models.room import RoomQuerySet
from chat.views.blocking import just_blocked
from chat.views.previews import preview_page
from chatpoc.prepared import Prepared


@require_safe
def home(request: ViewerRequest) -> HttpResponse:
    """Nothing chosen: the conversations, and an invitation to open one."""
    return render(request, "chat/home.html")


@require_safe
def room(request: ViewerRequest, room_id: int) -> HttpResponse:
    """A conversation at its newest page, or, for a browser without JavaScript, where it reads on.

    Who is not in it sees what an open room is about, and the way in.
    """
    try:
        room = find_room(request.user, room_id)
    except Http404:
        return preview_page(request, room_id)
    reads_on = request.GET.keys() & {"before", "after", "around"}
    return room_page(request, room, MessageForm(), page=asked_for(request, room) if reads_on else None)


@require_http_methods(["GET", "HEAD", "POST"])
def read_marks(request: ViewerRequest) -> HttpResponse:
    """POST reads everything, or all of the `room`. A GET comes from a sign-in on the way: the sidebar has the button."""
    if request.method == "POST":
        form = ReadForm(request.POST)
        if not form.is_valid():
            raise BadRequest("room is not a number.")
        room_id = form.cleaned_data["room"]
        read_everything(request.user, room=find_room(request.user, room_id) if room_id else None)
        if request.htmx:
            return HttpResponse(status=204)  # the sidebar follows by itself
    return redirect("chat:home")


@require_http_methods(["GET", "HEAD", "POST"])
def unread(request: ViewerRequest, room_id: int) -> HttpResponse:
    """POST puts the message `seq`, and what follows it, back to unread; without one, the last. Then one is elsewhere, since
    opening the room would read it. A GET comes from a sign-in on the way."""
    room = find_room(request.user, room_id)
    if request.method == "POST":
        form = UnreadForm(request.POST)
        if not form.is_valid():
            raise BadRequest("seq is not a number.")
        put_back(request.user, room, form.cleaned_data["seq"])
        if request.htmx:
            return HttpResponse(status=204)  # the sidebar follows by itself
    return redirect("chat:home")


def find_room(viewer: User, room_id: int, *, among: RoomQuerySet | None = None) -> Room:
    """The room, if `viewer` may read it, with what their place in it says: what is not yours is 404."""
    if among is None:
        room = _room.first(viewer.pk, room_id)
    else:
        room = next(iter(_with_place(among.visible_to(viewer)).filter(pk=room_id)), None)
    if room is None:
        raise Http404
    return room


def _with_place(visible: Any) -> RoomQuerySet:
    place = {name: F(f"memberships__{name}") for name in ("read_seq", "role", "silenced_until")}
    rooms: RoomQuerySet = visible.annotate(**place).select_related("direct_low", "direct_high")
    return rooms


# Nearly every request asks for it.
_room: Prepared[Room] = Prepared(
    lambda viewer, room: _with_place(Room.objects.all().visible_to(User(pk=viewer))).filter(pk=room), numbers=2
)


def room_page(
    request: ViewerRequest, room: Room, form: MessageForm, *, page: Page | None = None, status: int = 200
) -> HttpResponse:
    shown: Page | Log = page or newest_log(request, room)
    request.room = room
    other = room.other_than(request.user)
    return render(
        request,
        "chat/room.html",
        {
            "room": room,
            "title": room.title_for(request.user),
            "page": shown,
            "cast": cast_of(shown, request.user, other),
            "other": other,
            "just_blocked": just_blocked(request),
            "read": room.read_seq,
            "form": form,
            "client_id": uuid4(),  # a browser without JavaScript draws none of its own
            "limit": BODY_LIMIT,
            "reason_limit": REASON_LIMIT,
            "takes_down": shown.target and not shown.target.event and room.role == Membership.Role.MODERATOR,
        },
        status=status,
    )
