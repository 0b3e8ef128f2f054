"""Which room the operator means on the command line."""

from chat.models import Room
from chatpoc.commands import BadArguments


def room_named(text: str) -> Room:
    """By number, or by name, whatever its capitals; a leading # says that it is a name. Direct ones have numbers only."""
    name = text.strip()
    if name.isdecimal():
        found = list(Room.objects.filter(pk=int(name))) if len(name) < 19 else []
    else:
        found = list(Room.objects.filter(name__iexact=name.removeprefix("#")).exclude(name="").order_by("pk")[:10])
    if len(found) > 1:
        numbers = ", ".join(f"{room.pk} ({room.kind})" for room in found)
        raise BadArguments(f"Several rooms are called “{text}”. Give one's number: {numbers}")
    if not found:
        raise BadArguments(f"There is no room “{text}”. Give its number, which stands in its address, or its name.")
    room: Room = found[0]
    return room
