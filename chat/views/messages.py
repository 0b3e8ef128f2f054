from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, retarget

from accounts.requests import ViewerRequest
from chat.forms import MessageForm
from chat.history import CATCH_UP, PAGE, cast_of, number
from chat.models import Message, Room
from chat.models.refusals import Archived
from chat.models.room import ClientIdTaken, NotAMember
from chat.partials import upsert_html
from chat.views.rooms import find_room, room_page


@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: ViewerRequest, room_id: int) -> HttpResponse:
    """A room's messages: POST says something; `?since=` brings an open page up to date; `?before=` reads on upwards."""
    room = find_room(request.user, room_id)
    if request.method == "POST":
        return send(request, room)
    if (since := number(request, "since")) is not None:
        return catch_up(request, room, since)
    return older(request, room, number(request, "before"))


def send(request: ViewerRequest, room: Room) -> HttpResponse:
    form = MessageForm(request.POST)
    if not form.is_valid():
        return refuse(request, room, form, status=422)
    try:
        message = room.post(author=request.user, **form.cleaned_data)
    except ClientIdTaken:
        form.add_error(None, "This message was sent to another conversation already.")
        return refuse(request, room, form, status=409)
    except NotAMember:
        form.add_error(None, "You are no longer in this conversation.")
        return refuse(request, room, form, status=403)
    except Archived as reason:
        form.add_error(None, str(reason))
        return refuse(request, room, form, status=403)
    if request.htmx:
        return HttpResponse(upsert_html(room, [message]), status=201)
    return redirect(f"{reverse('chat:room', args=[room.pk])}#{message.dom_id}")


def refuse(request: ViewerRequest, room: Room, form: MessageForm, *, status: int) -> HttpResponse:
    """Say why, where the person is: beside the pending message, or, without JavaScript, on the page with their text in it."""
    if request.htmx:
        reasons = [str(reason) for reasons in form.errors.values() for reason in reasons]
        return HttpResponse(" ".join(reasons), status=status, content_type="text/plain; charset=utf-8")
    return room_page(request, room, form, status=status)


def catch_up(request: ViewerRequest, room: Room, since: int) -> HttpResponse:
    """What changed after version `since`. The answer is complete up to the room's version, which was read first."""
    if since == room.version:
        return HttpResponse(status=304, headers={"HX-PTag": str(room.version)})
    changed: list[Message] = room.messages.changed_since(since, CATCH_UP + 1)
    if since > room.version or len(changed) > CATCH_UP:  # a restored backup; a week's absence in a busy room
        return start_again(request, room)
    changed.sort(key=lambda message: message.seq)
    return HttpResponse(upsert_html(room, changed), headers={"HX-PTag": str(room.version)})


def start_again(request: ViewerRequest, room: Room) -> HttpResponse:
    messages = room.messages.newest(PAGE + 1)
    older = messages[-PAGE].seq if len(messages) > PAGE else None
    context = {
        "room": room,
        "messages": messages[-PAGE:],
        "older": older,
        "cast": cast_of(messages[-PAGE:], request.user),
    }
    response = render(request, "chat/room.html#log", context)
    return reswap(retarget(response, f"#log-{room.pk}"), "outerHTML")


def older(request: ViewerRequest, room: Room, before: int | None) -> HttpResponse:
    messages = room.messages.newest(PAGE + 1, before=before)
    older = messages[-PAGE].seq if len(messages) > PAGE else None
    return render(request, "chat/_history.html", {"room": room, "messages": messages[-PAGE:], "older": older})
