"""To block somebody, and to take it back."""

import re
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.addresses import is_id
from accounts.models import CannotBlock, User
from accounts.requests import ViewerRequest
from chat.models import Room

PAGE = ["GET", "HEAD", "POST"]
IN_A_ROOM = re.compile(r"/rooms/([1-9]\d{0,17})/")


@require_http_methods(PAGE)
def block(request: ViewerRequest, person_id: int) -> HttpResponse:
    """GET says what it does; POST does it, and leads back to where one came from, which offers to undo it."""
    person = find_other(request.user, person_id)
    if request.method != "POST":
        return block_page(request, person, came_from(request))
    try:
        request.user.block(person)
    except CannotBlock as reason:
        return block_page(request, person, request.POST.get("room", ""), reason=str(reason), status=403)
    return redirect(f"{back_to(request.user, person, request.POST.get('room', ''))}?blocked={person.pk}")


@require_http_methods(PAGE)
def unblock(request: ViewerRequest, person_id: int) -> HttpResponse:
    """POST. A GET comes from a sign-in on the way: the person's page has the button."""
    person = find_other(request.user, person_id)
    if request.method != "POST":
        return redirect("chat:person", person.pk)
    request.user.unblock(person)
    if request.htmx and request.htmx.target != "main#pane":
        return HttpResponse()  # what shows it follows by itself
    if "list" in request.POST:
        return redirect("accounts:blocked")
    return redirect(back_to(request.user, person, came_from(request)))


def block_page(request: ViewerRequest, person: User, room: str, *, reason: str = "", status: int = 200) -> HttpResponse:
    context = {"person": person, "room": room if is_id(room) else "", "reason": reason}
    return render(request, "chat/block.html", context, status=status)


def find_other(viewer: User, person_id: int) -> User:
    person: User = get_object_or_404(User, pk=person_id, deleted_at=None)
    if person == viewer:
        raise Http404
    return person


def came_from(request: ViewerRequest) -> str:
    """The room that the viewer had open, if it was one: most people are met there."""
    page = request.htmx.current_url or request.headers.get("Referer", "")
    try:
        found = IN_A_ROOM.match(urlsplit(page).path)
    except ValueError:
        return ""
    return found[1] if found else ""


def back_to(viewer: User, person: User, room: str) -> str:
    if is_id(room) and Room.objects.visible_to(viewer).filter(pk=int(room)).exists():
        return reverse("chat:room", args=[int(room)])
    return reverse("chat:person", args=[person.pk])


def just_blocked(request: ViewerRequest) -> User | None:
    """Whom the viewer blocked on the page before, unless they undid it since."""
    asked = request.GET.get("blocked", "")
    return User.objects.people_blocked_by(request.user).filter(pk=int(asked)).first() if is_id(asked) else None
