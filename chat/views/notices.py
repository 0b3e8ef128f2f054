"""What asks for the viewer's attention."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.addresses import is_id
from accounts.requests import ViewerRequest
from chat import fragments
from chat.models import Membership
from chat.notices import ROOMS, notices_for


@require_safe
def notifications(request: ViewerRequest) -> HttpResponse:
    """`?rooms=1,2`: what is new for the viewer in these, of those that are theirs and not muted."""
    notices = notices_for(request.user, _rooms(request.GET.get("rooms", "")))
    return JsonResponse({"notifications": notices}, headers={"Cache-Control": "no-store"})


def _rooms(text: str) -> tuple[int, ...]:
    ids = text.split(",")[: ROOMS + 1] if text else []
    if len(ids) > ROOMS or not all(map(is_id, ids)):
        raise BadRequest("These are not the numbers of a few rooms.")
    return tuple(map(int, ids))


@require_http_methods(["GET", "HEAD", "POST"])
def notify(request: ViewerRequest, room_id: int) -> HttpResponse:
    """POST says what of this room asks for attention. A GET comes from a sign-in on the way."""
    membership = get_object_or_404(Membership, user=request.user, room=room_id)
    if request.method == "POST":
        what = request.POST.get("notify")
        if what not in Membership.Notify.values:
            raise BadRequest("A room can tell of everything, or of nothing.")
        membership.notify_of(str(what))
        if request.htmx:
            path = reverse("chat:notify_choice", args=[room_id])
            return HttpResponse(fragments.notify.render(request, path, {"room_id": room_id}))
    return redirect("chat:room", room_id)
