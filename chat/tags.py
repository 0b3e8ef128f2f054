"""What of the chat a page may watch."""

from collections import defaultdict

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from accounts.addresses import is_id
from accounts.models import User
from accounts.tags import own
from chat.models import Membership, Room
from chat.models.membership import may_speak
from chatpoc import live
from chatpoc.live.tags import Wanted
from presence.typing import places


def room_versions(viewer: AbstractBaseUser, ids: list[str]) -> dict[str, str]:
    """A conversation is as new as the room's change counter; only members may watch it."""
    assert isinstance(viewer, User)  # noqa: S101  (AUTH_USER_MODEL; for the type checker)
    wanted = [int(id_) for id_ in ids if is_id(id_)]
    rooms = Room.objects.visible_to(viewer).filter(pk__in=wanted)
    return {str(pk): str(version) for pk, version in rooms.values_list("pk", "version")}


def rooms_of(viewer: AbstractBaseUser, ids: list[str]) -> list[str]:
    """Only members may learn when something changes in a room: its name, its members, or that somebody spoke."""
    return list(room_versions(viewer, ids))


def rooms_together(wanted: Wanted) -> dict[AbstractBaseUser, set[str]]:
    """All rooms of each of these people."""
    found: dict[int, set[str]] = defaultdict(set)
    for person, room in Membership.objects.filter(user__in=[viewer.pk for viewer in wanted]).values_list(
        "user", "room"
    ):
        found[person].add(str(room))
    return {viewer: found[viewer.pk] for viewer in wanted}


def open_rooms(_viewer: AbstractBaseUser, ids: list[str]) -> list[str]:
    """What a list of the open rooms shows, its name, subject and number of members, anyone may know."""
    wanted = [int(id_) for id_ in ids if is_id(id_)]
    known = Room.objects.filter(kind=Room.Kind.OPEN, pk__in=wanted).values_list("pk", flat=True) if wanted else []
    return [str(pk) for pk in known] + [""] * ("" in ids)


def open_rooms_together(wanted: Wanted) -> dict[AbstractBaseUser, set[str]]:
    found = set(open_rooms(next(iter(wanted)), list(set().union(*wanted.values()))))
    return {viewer: found & ids for viewer, ids in wanted.items()}


def may_type(viewer: User, id_: str) -> bool:
    """Who is muted may read there, and is not heard."""
    return Membership.objects.filter(may_speak(timezone.now()), user=viewer, room=int(id_)).exists()


live.ask_together(room_versions, rooms_together)
live.ask_together(rooms_of, rooms_together)
live.ask_together(open_rooms, open_rooms_together)
live.register("room", room_versions)
live.declare("rooms", rooms_of)
live.declare("activity", rooms_of, topics_of="room")
live.declare("members", rooms_of)
live.declare("openrooms", open_rooms, whole=True, about_itself=True)
live.declare("conversations", own, topics_of="user")
live.declare("notify", own, topics_of="user")
live.declare("held", own, topics_of="user")

places["room"] = may_type
