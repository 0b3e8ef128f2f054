"""What of the chat a page may watch."""

from collections import defaultdict

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.utils import timezone

from accounts.addresses import is_id
from accounts.models import Block, User
from accounts.tags import own
from chat.models import Membership, Report, Room
from chat.models.membership import may_speak
from chat.models.standing import kept_apart
from chatpoc import live
from chatpoc.live.tags import Wanted
from presence.typing import Place, places


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
    """Of the rooms that any of these people asks about, those of each; nobody's others, of which there may be thousands."""
    asked = {int(id_) for ids in wanted.values() for id_ in ids if is_id(id_)}
    places = Membership.objects.filter(user__in=[viewer.pk for viewer in wanted])
    most = connection.features.max_query_params  # of SQLite
    if most is None or len(asked) + len(wanted) <= most:
        places = places.filter(room__in=asked)
    found: dict[int, set[str]] = defaultdict(set)
    for person, room in places.values_list("user", "room"):
        found[person].add(str(room))
    return {viewer: found[viewer.pk] for viewer in wanted}


def rooms_shared(viewer: AbstractBaseUser, ids: list[str]) -> list[str]:
    """Those of their rooms where people see of each other who is here, how far they read and that they type. Two of whom one
    blocked the other have that no more in their direct conversation."""
    wanted = [int(id_) for id_ in ids if is_id(id_)]
    mine = Room.objects.filter(memberships__user=viewer.pk, pk__in=wanted).exclude(kept_apart())
    return [str(pk) for pk in mine.values_list("pk", flat=True)] if wanted else []


def rooms_shared_together(wanted: Wanted) -> dict[AbstractBaseUser, set[str]]:
    viewers = [viewer.pk for viewer in wanted]
    concerned = Block.objects.apart(viewers).keys() & set(viewers)  # mostly nobody
    silent = Room.objects.filter(kept_apart(), memberships__user__in=concerned) if concerned else Room.objects.none()
    without = {str(pk) for pk in silent.values_list("pk", flat=True)}
    return {viewer: rooms - without for viewer, rooms in rooms_together(wanted).items()}


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


def moderators(viewer: AbstractBaseUser, ids: list[str]) -> list[str]:
    """That something changed in the queue of reports is for those who may look at it."""
    return [""] if "" in ids and may_look_at_reports(viewer) else []


def may_look_at_reports(viewer: object) -> bool:
    return isinstance(viewer, User) and viewer.is_active and viewer.is_staff and viewer.has_perm("chat.view_report")


live.ask_together(room_versions, rooms_together)
live.ask_together(rooms_of, rooms_together)
live.ask_together(rooms_shared, rooms_shared_together)
live.ask_together(open_rooms, open_rooms_together)
live.register("room", room_versions)
live.declare("rooms", rooms_of)
live.declare("activity", rooms_of, topics_of="room")
live.declare("members", rooms_of)
live.declare("openrooms", open_rooms, whole=True, about_itself=True)
live.declare("conversations", own, topics_of="user")
live.declare("notify", own, topics_of="user")
live.declare("held", own, topics_of="user")
live.declare("complaints", own, topics_of="user")
live.declare("reports", moderators, whole=True)
live.track(Report._meta.db_table, ["complaints"])  # many at once: what came of them, for those who complained

places["room"] = Place(with_type="receipts", may=may_type)
