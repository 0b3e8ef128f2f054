from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import ViewerRequest
from chat.forms import MessageForm
from chat.history import PAGE, cast_of, number
from chat.models import Room
from chat.models.message import BODY_LIMIT
from chat.sidebar import read_everything
from chat.views.previews import preview_page


@require_safe
def home(request: ViewerRequest) -> HttpResponse:
    """Nothing chosen: the conversations, and an invitation to open one."""
    return render(request, "chat/home.html")


@require_safe
def room(request: ViewerRequest, room_id: int) -> HttpResponse:
    """A conversation at its newest page, or, for a browser without JavaScript, at the one below the seq `before`.

    Who is not in it sees what an open room is about, and the way in.
    """
    try:
        room = find_room(request.user, room_id)
    except Http404:
        return preview_page(request, room_id)
    return room_page(request, room, MessageForm(), before=number(request, "before"))


@require_http_methods(["GET", "HEAD", "POST"])
def read_marks(request: ViewerRequest) -> HttpResponse:
    """POST reads everything. A GET comes from a sign-in on the way: the sidebar has the button."""
    if request.method == "POST":
        read_everything(request.user)
        if request.htmx:
            return HttpResponse(status=204)  # the sidebar follows by itself
    return redirect("chat:home")


def find_room(viewer: User, room_id: int) -> Room:
    """The room, if `viewer` may read it: what is not yours is 404."""
    rooms = Room.objects.visible_to(viewer).select_related("direct_low", "direct_high")
    found: Room = get_object_or_404(rooms, pk=room_id)
    return found


def room_page(
    request: ViewerRequest, room: Room, form: MessageForm, *, before: int | None = None, status: int = 200
) -> HttpResponse:
    messages = room.messages.newest(PAGE + 1, before=before)
    return render(
        request,
        "chat/room.html",
        {
            "room": room,
            "title": room.title_for(request.user),
            "messages": messages[-PAGE:],
            "cast": cast_of(messages[-PAGE:], request.user),
            "older": messages[-PAGE].seq if len(messages) > PAGE else None,
            "before": before,
            "form": form,
            "client_id": uuid4(),  # a browser without JavaScript draws none of its own
            "limit": BODY_LIMIT,
        },
        status=status,
    )
