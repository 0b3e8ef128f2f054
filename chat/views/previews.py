"""An open room, to who is not in it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.requests import ViewerRequest
from chat.models import Room
from chatpoc import live


@live.fragment(
    "chat/_preview.html",
    tags=lambda request, room_id: [f"openrooms:{room_id}", f"conversations:{request.user.pk}"],
)
def preview(request: ViewerRequest, room_id: int) -> dict[str, Any]:
    """What anyone may know of an open room, and the way in. What is said there is for its members."""
    room = get_object_or_404(Room, pk=room_id, kind=Room.Kind.OPEN)
    return {
        "room": room,
        "people": room.memberships.count(),
        "joined": room.memberships.filter(user=request.user).exists(),
    }


def preview_page(request: ViewerRequest, room_id: int) -> HttpResponse:
    room = get_object_or_404(Room, pk=room_id, kind=Room.Kind.OPEN)
    return render(request, "chat/preview.html", {"room": room})
