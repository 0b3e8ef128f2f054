from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget

from accounts.requests import ViewerRequest
from chat.forms import MessageForm
from chat.history import CATCH_UP, around, asked_for, cast_of, newest, number
from chat.models import HeldMessage, Message, Room
from chat.models.refusals import Archived, ClientIdTaken, NotAMember, Silenced, Unwelcome
from chat.partials import upsert_html
from chat.views.rooms import find_room, room_page
from chatpoc.limits.middleware import limited

PLAIN = "text/plain; charset=utf-8"


def too_fast(request: ViewerRequest, room_id: int, *, reason: str) -> HttpResponse:
    form = MessageForm(request.POST)
    form.add_error(None, reason)
    return refuse(request, find_room(request.user, room_id), form, status=429)


@limited(post="send", refused=too_fast)
@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: ViewerRequest, room_id: int) -> HttpResponse:
    """A room's messages: POST says something; `?since=` brings an open page up to date; `?before=`, `?after=` read on."""
    room = find_room(request.user, room_id)
    if request.method == "POST":
        return send(request, room)
    if (since := number(request, "since")) is not None:
        return catch_up(request, room, since)
    page = asked_for(request, room)
    response = render(request, "chat/_history.html", {"room": room, "page": page})
    response["HX-PTag"] = str(room.version)  # it was read first: what changed since then, the page asks for
    return response


@require_safe
def message(request: ViewerRequest, room_id: int, seq: int) -> HttpResponse:
    """A message's permalink: its room, opened around it."""
    room = find_room(request.user, room_id)
    page = around(room, seq)
    if not page.target:
        raise Http404
    return room_page(request, room, MessageForm(), page=page)


def send(request: ViewerRequest, room: Room) -> HttpResponse:
    form = MessageForm(request.POST)
    if not form.is_valid():
        return refuse(request, room, form, status=422)
    try:
        said = room.say(author=request.user, **form.cleaned_data)
    except ClientIdTaken:
        form.add_error(None, _("This message was sent to another conversation already."))
        return refuse(request, room, form, status=409)
    except NotAMember:
        form.add_error(None, _("You are no longer in this conversation."))
        return refuse(request, room, form, status=403)
    except (Archived, Silenced, Unwelcome) as reason:
        form.add_error(None, str(reason))
        return refuse(request, room, form, status=403)
    return taken(request, room, said)


def taken(request: ViewerRequest, room: Room, said: Message | HeldMessage) -> HttpResponse:
    if isinstance(said, HeldMessage):
        waits = gettext("A moderator looks at it first.")
        return HttpResponse(waits, status=202, content_type=PLAIN) if request.htmx else redirect("chat:room", room.pk)
    if request.htmx:
        return HttpResponse(upsert_html(room, [said]), status=201)
    return redirect(f"{reverse('chat:room', args=[room.pk])}#{said.dom_id}")


def refuse(request: ViewerRequest, room: Room, form: MessageForm, *, status: int) -> HttpResponse:
    """Say why, where the person is: beside the pending message, or, without JavaScript, on the page with their text in it."""
    if request.htmx:
        reasons = [str(reason) for reasons in form.errors.values() for reason in reasons]
        return HttpResponse(" ".join(reasons), status=status, content_type=PLAIN)
    return room_page(request, room, form, status=status)


def catch_up(request: ViewerRequest, room: Room, since: int) -> HttpResponse:
    """What changed after version `since`. The answer is complete up to the room's version, which was read first."""
    if since == room.version:
        return HttpResponse(status=304, headers={"HX-PTag": str(room.version)})
    changed: list[Message] = room.messages.changed_since(since, CATCH_UP + 1)
    # A restored backup; what it shows may be purged; a week's absence in a busy room.
    if since > room.version or since < room.purged_version or len(changed) > CATCH_UP:
        return start_again(request, room)
    kept = sorted((it for it in changed if it.seq > room.purged_seq), key=lambda message: message.seq)
    return HttpResponse(upsert_html(room, kept), headers={"HX-PTag": str(room.version)})


def start_again(request: ViewerRequest, room: Room) -> HttpResponse:
    """The newest page, or, for one who reads the past, that around what they read (`?at=`)."""
    at = number(request, "at")
    page = newest(room) if at is None else replace(around(room, max(at, room.purged_seq + 1)), target=None)
    context = {
        "room": room,
        "page": page,
        "cast": cast_of(page, request.user, room.other_than(request.user)),
        "read": room.read_seq,
    }
    response = render(request, "chat/room.html#log", context)
    return reswap(retarget(response, f"#log-{room.pk}"), "outerHTML")
