"""Where the viewer may want to go: their conversations, and the people whom they may find, by what they type."""

from dataclasses import dataclass

from django.db.models import Case, Q, Value, When

from accounts.models import User
from accounts.search import LONGEST, WORDS, called, plain
from chat.models import Membership, Room
from chat.sidebar import RECENT, Entry, entries_for, entries_of

SHOWN = 8  # of each kind
NAMES = 1000  # of one's rooms that are looked through, the last active first

OTHER = (("room__direct_high", "room__direct_low__"), ("room__direct_low", "room__direct_high__"))  # than the viewer


@dataclass(frozen=True)
class Found:
    conversations: list[Entry]
    people: list[User]


def find(viewer: User, text: str) -> Found:
    """What is called so, what begins with it first; without a text the most recent conversations."""
    if not text.strip():
        return Found(entries_for(viewer, SHOWN), [])
    conversations = _conversations(viewer, text)
    shown = [entry.person.pk for entry in conversations if entry.person]
    people = User.objects.visible_to(viewer).marked_for(viewer).exclude(pk__in=shown).search(text).nearest_first(text)
    return Found(conversations, list(people[:SHOWN]))


def _conversations(viewer: User, text: str) -> list[Entry]:
    own = Membership.objects.filter(user=viewer)
    rooms = own.exclude(room__kind=Room.Kind.DIRECT).order_by("-room__last_at").values_list("room_id", "room__name")
    containing, beginning = _called(dict(rooms[:NAMES]), text)
    nearest = Q(room__in=beginning) | _direct(viewer, text, beginning=True)
    ranked = own.annotate(rank=Case(When(nearest, then=Value(0)), default=Value(1))).order_by("rank", *RECENT)
    found = ranked.filter(Q(room__in=containing) | _direct(viewer, text))[:SHOWN]
    return entries_of(viewer, ranked.filter(pk__in=found.values("pk")))


def _called(rooms: dict[int, str], text: str) -> tuple[list[int], list[int]]:
    """The rooms whose names contain each word of `text`, and those of which words begin so."""
    words = [] if "@" in text else plain(text[:LONGEST]).split()[:WORDS]
    names = {pk: plain(name) for pk, name in rooms.items()} if words else {}
    containing = [pk for pk, name in names.items() if all(word in name for word in words)]
    return containing, [pk for pk in containing if all(f" {word}" in names[pk] for word in words)]


def _direct(viewer: User, text: str, *, beginning: bool = False) -> Q:
    """The conversations with somebody who is called so."""
    either = Q(pk=None)  # none
    for own, other in OTHER:
        if (condition := called(text, other, beginning=beginning)) is not None:
            either |= Q(**{own: viewer}) & condition
    return either
