"""What the viewer said and a moderator has to look at first."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from accounts.requests import ViewerRequest
from chat.models import HeldMessage
from chat.models.refusals import NotAllowed
from chat.views.rooms import find_room
from chatpoc import live


@live.fragment("chat/_held.html", tags=lambda request, room_id: [f"held:{request.user.pk}"], kept=True)  # noqa: ARG005
def held(request: ViewerRequest, room_id: int) -> dict[str, Any]:
    """Those that wait, and those that were refused until the viewer puts them away."""
    shown = HeldMessage.objects.filter(author=request.user, room=find_room(request.user, room_id), seen_at=None)
    return {"room_id": room_id, "held": list(shown.exclude(state=HeldMessage.State.RELEASED).order_by("pk"))}


@require_http_methods(["GET", "HEAD", "POST"])
def putting_away(request: ViewerRequest, room_id: int, held_id: int) -> HttpResponse:
    """POST takes it back while it waits, or puts it away once it was refused. A GET comes from a sign-in on the way."""
    room = find_room(request.user, room_id)
    mine = get_object_or_404(HeldMessage, pk=held_id, room=room, author=request.user)
    if request.method == "POST":
        try:
            mine.put_away()
        except NotAllowed as reason:
            if request.htmx:
                return HttpResponse(str(reason), status=409, content_type="text/plain; charset=utf-8")
        if request.htmx:
            return HttpResponse(status=204)  # the list follows by itself
    return redirect("chat:room", room.pk)
