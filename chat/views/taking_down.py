"""What somebody else said in a room that the viewer moderates: delete it, and put it back."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import ViewerRequest
from chat.models import Message
from chat.models.authority import moderates
from chat.models.refusals import NotAllowed, Refused
from chat.moderation_forms import ReasonForm
from chat.partials import upsert_html
from chat.views.memberships import find_group
from chat.views.own import place
from chat.views.refusing import refusing
from chatpoc.limits.middleware import limited

PAGE = ["GET", "HEAD", "POST"]


@refusing
def too_fast(request: ViewerRequest, room_id: int, seq: int, *, reason: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    form.add_error(None, reason)
    return answer(request, find_said(request.user, room_id, seq), form, status=429)


@limited(refused=too_fast)
@require_http_methods(PAGE)
@refusing
def taking_down(request: ViewerRequest, room_id: int, seq: int) -> HttpResponse:
    """POST deletes it, with a reason perhaps; the page asks first."""
    message = find_said(request.user, room_id, seq)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return answer(request, message, form, status=422 if form.is_bound else 200)
    return done(request, message, lambda: message.take_down(by=request.user, because=form.cleaned_data["because"]))


@require_http_methods(PAGE)
@refusing
def putting_back(request: ViewerRequest, room_id: int, seq: int) -> HttpResponse:
    """POST undoes what a moderator deleted. The page to it is that of the deletion."""
    message = find_said(request.user, room_id, seq)
    if request.method != "POST":
        return answer(request, message, ReasonForm(), status=200)
    return done(request, message, lambda: message.put_back(by=request.user))


def find_said(viewer: User, room_id: int, seq: int) -> Message:
    """What anybody said at this place of a group that `viewer` may read, if they may moderate it. Raises NotAllowed."""
    room = find_group(viewer, room_id)
    found: Message = get_object_or_404(room.said.select_related("author", "deleted_by"), seq=seq, event="")
    if not moderates(room, viewer, "chat.delete_message"):
        raise NotAllowed(_("Only a moderator of this room may do that."))
    return found


def done(request: ViewerRequest, message: Message, verb: Callable[[], object]) -> HttpResponse:
    if not request.htmx:
        verb()
        return redirect(place(message))
    try:
        verb()
    except Refused as reason:
        return in_words(str(reason), 403)
    return HttpResponse(upsert_html(message.room, [message]))


def answer(request: ViewerRequest, message: Message, form: ReasonForm, *, status: int) -> HttpResponse:
    """The page, with what was typed; or, to a script, what is wrong with it."""
    if request.htmx and form.is_bound:
        return in_words(" ".join(str(reason) for reasons in form.errors.values() for reason in reasons), status)
    context = {"room": message.room, "message": message, "form": form}
    return render(request, "chat/taking_down.html", context, status=status)


def in_words(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
