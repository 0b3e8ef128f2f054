"""What the viewer said themselves: edit it, delete it, take the deletion back. What others said is 404 here."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import ViewerRequest
from chat.forms import TextForm
from chat.models import Message, Room
from chat.models.message import BODY_LIMIT, Deleted, TooLate
from chat.models.refusals import Archived, NotAllowed, NotAMember, Unwelcome
from chat.partials import upsert_html
from chat.views.rooms import find_room
from chatpoc.limits.middleware import limited

LISTED = 20  # messages; who wants to change an older one opens it
REFUSALS: dict[type[Exception], tuple[int, Any]] = {
    NotAMember: (403, _("You are no longer in this conversation.")),
    Archived: (403, _("This conversation is archived: what was said in it stays as it is.")),
    Deleted: (409, _("This message was deleted meanwhile, so it cannot be edited.")),
    NotAllowed: (403, ""),  # it says why itself
    Unwelcome: (403, ""),  # so does this
    TooLate: (409, _("It was deleted too long ago to be brought back.")),
}


@require_safe
def own(request: ViewerRequest, room_id: int) -> HttpResponse:
    """What the viewer said last, with the ways to change it: for a browser without JavaScript, which has no toolbar."""
    room = find_room(request.user, room_id)
    said = room.messages.filter(author=request.user, deleted_at=None, event="").newest(LISTED)
    return render(request, "chat/own.html", {"room": room, "messages": said[::-1]})


def too_fast(request: ViewerRequest, room_id: int, seq: int, *, reason: str) -> HttpResponse:
    form = TextForm(request.POST)
    form.add_error(None, reason)
    return refuse_text(request, find_own(request.user, room_id, seq), form, status=429)


@limited(refused=too_fast)
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: ViewerRequest, room_id: int, seq: int) -> HttpResponse:
    """A message as it was typed: GET brings it, for an editor or as a page with one; POST says something else instead."""
    message = find_own(request.user, room_id, seq)
    if request.method == "POST":
        return edit(request, message)
    if message.deleted_at:
        return refuse(request, message, Deleted()) if request.htmx else redirect(address(message, "deletion"))
    if request.htmx:
        headers = {"Cache-Control": "no-store", "Vary": "HX-Request"}  # the same address is a page, too
        return HttpResponse(message.body, content_type="text/plain; charset=utf-8", headers=headers)
    return text_page(request, message, TextForm(initial={"body": message.body}))


@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: ViewerRequest, room_id: int, seq: int) -> HttpResponse:
    """POST deletes; the page asks first, and offers to take it back afterwards."""
    message = find_own(request.user, room_id, seq)
    if request.method != "POST":
        return render(request, "chat/own_deletion.html", {"room": message.room, "message": message})
    return change(request, message, message.delete_by, address(message, "deletion"))


@require_POST
def restoration(request: ViewerRequest, room_id: int, seq: int) -> HttpResponse:
    message = find_own(request.user, room_id, seq)
    return change(request, message, message.restore_by, place(message))


def find_own(viewer: User, room_id: int, seq: int) -> Message:
    """What `viewer` said at this place of a room that they may read; 404 for everything else."""
    room: Room = find_room(viewer, room_id)
    found: Message = get_object_or_404(room.messages.select_related("author"), seq=seq, author=viewer, event="")
    return found


def edit(request: ViewerRequest, message: Message) -> HttpResponse:
    form = TextForm(request.POST)
    if not form.is_valid():
        return refuse_text(request, message, form, status=422)
    try:
        message.edit_by(request.user, body=form.cleaned_data["body"])
    except tuple(REFUSALS) as refusal:
        status, reason = why(refusal)
        form.add_error(None, reason)
        return refuse_text(request, message, form, status=status)
    return done(request, message, place(message))


def change(request: ViewerRequest, message: Message, verb: Callable[[User], None], then: str) -> HttpResponse:
    try:
        verb(request.user)
    except tuple(REFUSALS) as refusal:
        return refuse(request, message, refusal)
    return done(request, message, then)


def done(request: ViewerRequest, message: Message, then: str) -> HttpResponse:
    return HttpResponse(upsert_html(message.room, [message])) if request.htmx else redirect(then)


def refuse(request: ViewerRequest, message: Message, refusal: Exception) -> HttpResponse:
    status, reason = why(refusal)
    if request.htmx:
        return HttpResponse(reason, status=status, content_type="text/plain; charset=utf-8")
    context = {"room": message.room, "message": message, "reason": reason}
    return render(request, "chat/own_deletion.html", context, status=status)


def why(refusal: Exception) -> tuple[int, str]:
    status, reason = REFUSALS[type(refusal)]
    return status, reason or str(refusal)


def refuse_text(request: ViewerRequest, message: Message, form: TextForm, *, status: int) -> HttpResponse:
    """Say why, and keep what was typed: in the open editor, or on the page."""
    if request.htmx:
        reasons = [str(reason) for reasons in form.errors.values() for reason in reasons]
        return HttpResponse(" ".join(reasons), status=status, content_type="text/plain; charset=utf-8")
    return text_page(request, message, form, status=status)


def text_page(request: ViewerRequest, message: Message, form: TextForm, *, status: int = 200) -> HttpResponse:
    context = {"room": message.room, "message": message, "form": form, "limit": BODY_LIMIT}
    return render(request, "chat/own_text.html", context, status=status)


def address(message: Message, name: str) -> str:
    return reverse(f"chat:{name}", args=[message.room_id, message.seq])


def place(message: Message) -> str:
    return f"{reverse('chat:room', args=[message.room_id])}#{message.dom_id}"
