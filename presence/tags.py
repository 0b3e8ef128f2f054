"""What of presence a page may follow."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser

from accounts.addresses import is_id
from accounts.models import Block, User
from accounts.tags import own
from chatpoc import live
from chatpoc.live.tags import Wanted
from presence.models import Connection


def not_kept_apart(viewer: AbstractBaseUser, ids: list[str]) -> list[str]:
    """Everyone, but for whom the viewer blocked, and who blocked them: neither sees whether the other is here."""
    numbers = [int(id_) for id_ in ids if is_id(id_)]
    if not numbers:
        return []
    people = User.objects.filter(pk__in=numbers).exclude(blocks__person=viewer.pk).exclude(blocked_by__by=viewer.pk)
    return [str(pk) for pk in people.values_list("pk", flat=True)]


def not_kept_apart_together(wanted: Wanted) -> dict[AbstractBaseUser, set[str]]:
    """Whoever was there when they were first asked about, without those kept apart."""
    apart = Block.objects.apart([viewer.pk for viewer in wanted])
    return {viewer: ids - {str(pk) for pk in apart[viewer.pk]} for viewer, ids in wanted.items()}


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

live.ask_together(not_kept_apart, not_kept_apart_together)

# A state, so that it goes to those who may see the person and have them on the page. Who is deactivated has no dot.
live.declare_state("presence", not_kept_apart, states, like=["people"])
