from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import ViewerRequest
from chat.models import Room

SHOWN = 50  # people; a search narrows down the rest


@require_safe
def people(request: ViewerRequest) -> HttpResponse:
    """Everyone whom the viewer may talk to, by name; `?q=` searches names and handles."""
    query = request.GET.get("q", "").replace("\0", "")[:100]
    found = list(User.objects.visible_to(request.user).search(query)[: SHOWN + 1])
    template = "chat/people.html#found" if request.htmx.target == "div#people-found" else "chat/people.html"
    context = {
        "query": query,
        "people": found[:SHOWN],
        "more": len(found) > SHOWN,
    }
    return render(request, template, context)


@require_POST
def conversation(request: ViewerRequest, handle: str) -> HttpResponse:
    """Open the one direct conversation with this person."""
    person = get_object_or_404(User.objects.visible_to(request.user), handle=handle.lower())
    return redirect("chat:room", Room.objects.direct(request.user, person).pk)
