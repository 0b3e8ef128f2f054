"""Pieces of page that follow what they were made from."""

from typing import Any

from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User, pair_of
from accounts.requests import ViewerRequest
from chat.models import Membership, Room
from chat.models.authority import why_silenced
from chat.sidebar import entries_for, memberships_shown
from chat.views.rooms import find_room
from chatpoc import live

MEMBERS_SHOWN = 100


def conversation_tags(request: ViewerRequest) -> list[str]:
    viewer = request.user.pk
    rooms = memberships_shown(request.user).values_list("room_id", "room__direct_low", "room__direct_high")
    people = {pk for _, low, high in rooms for pk in (low, high) if pk not in {None, viewer}}
    return [f"conversations:{viewer}", *(f"activity:{room}" for room, *_ in rooms), *(f"people:{pk}" for pk in people)]


@live.fragment(
    "chat/_conversations.html",
    tags=conversation_tags,
    first=lambda request: [f"conversations:{request.user.pk}"],
    kept=True,
)
def conversations(request: ViewerRequest) -> dict[str, Any]:
    """The sidebar: the viewer's conversations, the last active first, with what they have not read."""
    entries = entries_for(request.user)
    return {
        "entries": [entry for entry in entries if not entry.room.archived_at],
        "archived": [entry for entry in entries if entry.room.archived_at],
    }


def header_tags(request: ViewerRequest, room_id: int) -> list[str]:
    room = getattr(request, "room", None)  # the two of a direct room stay the same, so that of the page will do
    room = room if room and room.pk == room_id else find_room(request.user, room_id)
    other = room.other_than(request.user)
    of_two = [f"people:{other.pk}", f"pairs:{pair_of(request.user.pk, other.pk)}"] if other else []
    return [f"rooms:{room_id}", f"members:{room_id}", *of_two]


@live.fragment("chat/_header.html", tags=header_tags, kept=True)
def header(request: ViewerRequest, room_id: int) -> dict[str, Any]:
    """What the conversation is called, how many are in it, and whether it can be written to."""
    room = find_room(request.user, room_id, among=Room.objects.with_standing(request.user))
    other = room.other_than(request.user)
    members = None if other else room.memberships.count()  # of two there is nothing to count
    return {"room": room, "title": room.title_for(request.user), "other": other, "members": members}


def member_tags(request: ViewerRequest, room_id: int) -> list[str]:
    people = User.objects.filter(memberships__room=find_room(request.user, room_id)).values_list("pk", flat=True)
    shown = list(people[: MEMBERS_SHOWN + 1])
    more = ["people"] if len(shown) > MEMBERS_SHOWN else []  # then a rename may change who is among the first
    return [f"members:{room_id}", f"rooms:{room_id}", *more, *(f"people:{pk}" for pk in shown[:MEMBERS_SHOWN])]


@live.fragment(
    "chat/_members.html", tags=member_tags, first=lambda _request, room_id: [f"members:{room_id}"], kept=True
)
def members(request: ViewerRequest, room_id: int) -> dict[str, Any]:
    """Who is in the room, by name, with their roles; and what the viewer may do about the room."""
    room = find_room(request.user, room_id)
    there = User.objects.filter(memberships__room=room).annotate(role=F("memberships__role"))
    people = list(there[: MEMBERS_SHOWN + 1])
    moderates = room.role == Membership.Role.MODERATOR
    return {
        "room": room,
        "people": people[:MEMBERS_SHOWN],
        "more": len(people) > MEMBERS_SHOWN,
        "moderates": moderates,
        "invites": not room.archived_at and (moderates or room.kind == room.Kind.OPEN),
    }


@live.fragment("chat/_notify.html", tags=lambda request, room_id: [f"notify:{request.user.pk}"], kept=True)  # noqa: ARG005
def notify(request: ViewerRequest, room_id: int) -> dict[str, Any]:
    """What of the room asks for the viewer's attention, and the buttons that change it."""
    membership = get_object_or_404(Membership, user=request.user, room=room_id)
    return {"room_id": room_id, "muted": membership.is_muted}


@live.fragment("chat/_silence.html", tags=lambda request, room_id: [f"notify:{request.user.pk}"], kept=True)  # noqa: ARG005
def silence(request: ViewerRequest, room_id: int) -> dict[str, Any]:
    """Where one writes: that the viewer is muted, until when, and why."""
    room = find_room(request.user, room_id)
    if not room.silenced_until or room.silenced_until <= timezone.now():
        return {"room_id": room_id}
    return {
        "room_id": room_id,
        "until": room.silenced_until,
        "because": why_silenced(room, request.user),
        "passing": True,
    }
