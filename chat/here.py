"""How many of a room's members are here now."""

from django.db.models import Count

from chat.models import Membership
from chat.tags import rooms_shared
from chatpoc import live
from presence.models import Connection


def count(ids: list[str]) -> dict[str, str]:
    """The number for each of these rooms, as a text."""
    here = Connection.objects.shown().values("user")
    members = Membership.objects.filter(room__in=[int(id_) for id_ in ids], user__in=here)
    found = dict(members.values_list("room").annotate(Count("user")))
    return {id_: str(found.get(int(id_), 0)) for id_ in ids}


live.declare_state("here", rooms_shared, count, after=["presence", "members"])
