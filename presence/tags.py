"""What of presence a page may follow."""

from datetime import datetime

from accounts.models import User
from accounts.tags import everyone, own
from chatpoc import live
from presence.models import Connection


def states(ids: list[str]) -> dict[str, str]:
    """`online`, `away`, `offline`, or since when, `offline.1732480000` (Unix time); "" for who is nobody's account any more."""
    people = User.objects.filter(pk__in=[int(id_) for id_ in ids])
    shown = set(Connection.objects.shown().filter(user__in=people).values_list("user", "active"))
    known = people.values_list("pk", "is_active", "last_seen__at")
    return {str(pk): _state(pk, shown, seen) if active else "" for pk, active, seen in known}


def _state(pk: int, shown: set[tuple[int, bool]], seen: datetime | None) -> str:
    if (pk, True) in shown:
        return "online"
    if (pk, False) in shown:
        return "away"
    return f"offline.{int(seen.timestamp())}" if seen else "offline"


live.declare("visibility", own, topics_of="user")

# A state, so that it goes to those who may see the person and have them on the page. Who is deactivated has no dot.
live.declare_state("presence", everyone, states, like=["people"])
