"""Who is typing: told to those who have the place open, and kept nowhere."""

from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chatpoc import live
from chatpoc.database import noted
from chatpoc.live.allowance import Allowance
from chatpoc.live.hub import current_hub
from chatpoc.live.threads import in_thread
from chatpoc.live.topics import Socket

# Types of tags for places where one can type; and whether somebody who has the place of this id open may, by the database.
places: dict[str, Callable[[User, str], bool]] = {}


@dataclass
class Said:
    """Browsers say it every 3 s, and when it ends; who begins without pause is not heard."""

    left: Allowance = field(default_factory=lambda: Allowance(per_second=1, burst=4))
    at: set[str] = field(default_factory=set)  # the places where the last word was that they type
    # Where they may, by the viewer of then: that is read anew as soon as a place of theirs is written, and every 20 s.
    may: dict[str, User] = field(default_factory=dict)


class Typing:
    """Frames `{"typing": {"room:42": true}}`; false takes it back, when the field was emptied or the message sent."""

    def __init__(self) -> None:
        self._said: WeakKeyDictionary[Socket, Said] = WeakKeyDictionary()

    def hear(self, socket: Socket, value: object) -> None:
        if (
            not isinstance(value, dict)
            or len(value) != 1
            or not all(isinstance(typing, bool) for typing in value.values())
        ):
            raise live.FrameError("bad-typing", _("The chat could not tell where somebody is typing."))
        [(place, typing)] = value.items()
        viewer = socket.viewer
        if place.partition(":")[0] not in places or place not in socket.watched:
            return  # not theirs, or theirs no longer
        if not isinstance(viewer, User) or viewer.appears_offline:
            return
        said = self._said.setdefault(socket, Said())
        if typing and said.left.take():
            said.at.add(place)
            if said.may.get(place) is viewer:
                live.signal(place, "typing", str(viewer.pk), viewer.name)
            else:
                current_hub().start(self._ask(said, viewer, place))
        elif not typing and place in said.at:
            said.at.discard(place)
            if place in said.may:
                live.signal(place, "typing", str(viewer.pk), "")

    async def _ask(self, said: Said, viewer: User, place: str) -> None:
        """On their first word, which is told if they still type when it is known that they may."""
        type_, _colon, id_ = place.partition(":")
        try:
            may = await in_thread(places[type_], viewer, id_)
        except (DatabaseError, InterfaceError) as error:
            if not noted(error, "That somebody types is told to nobody"):
                raise
            return
        if not may:
            said.may.pop(place, None)
            return
        said.may[place] = viewer
        if place in said.at:
            live.signal(place, "typing", str(viewer.pk), viewer.name)
