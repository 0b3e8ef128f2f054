"""The open rooms, to find and to enter."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from chat.models import Membership, Room
from chat.models.room import RoomQuerySet

PAGE = 50  # rooms


@dataclass(frozen=True)
class Page:
    rooms: list[Room]
    next: int | None = None  # the id of the room after which the next page starts


def page_for(viewer: User, query: str, after: int | None) -> Page:
    """By name, with how many are in each, and whether `viewer` is; the first page if the room `after` is open no longer."""
    rooms = shown_to(viewer).search(query).annotate(key=Lower("name")).order_by("key", "pk")
    # Only an open room is a place to start from: the page after another one would tell how that is called.
    key = Room.objects.listed().filter(pk=after).values_list(Lower("name"), flat=True).first()
    if key is not None:
        rooms = rooms.filter(Q(key__gt=key) | Q(key=key, pk__gt=after))
    found = list(rooms[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def shown_to(viewer: User) -> RoomQuerySet:
    here = Membership.objects.filter(room=OuterRef("pk"))
    counted: Any = here.order_by().values("room").annotate(count=Count("pk")).values("count")
    return Room.objects.listed().annotate(  # type: ignore[no-any-return]
        people=Coalesce(Subquery(counted), 0), joined=Exists(here.filter(user=viewer))
    )
