"""Who is typing: told to those who have the place open, and kept nowhere."""

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chatpoc import live
from chatpoc.live.allowance import Allowance
from chatpoc.live.topics import Socket

# Types of tags for places where one can type, and the type of what who may tell it follows there as well: two who are kept
# apart have the place, and not that.
places: dict[str, str] = {}


@dataclass
class Said:
    """Browsers say it every 3 s, and when it ends; who begins without pause is not heard."""

    left: Allowance = field(default_factory=lambda: Allowance(per_second=1, burst=4))
    at: set[str] = field(default_factory=set)  # the places where the last word was that they type


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
        kind, _colon, id_ = place.partition(":")
        if kind not in places or not socket.watched.issuperset({place, f"{places[kind]}:{id_}"}):
            return  # not theirs, or theirs no longer
        if not isinstance(viewer, User) or viewer.appears_offline:
            return
        said = self._said.setdefault(socket, Said())
        if typing and said.left.take():
            said.at.add(place)
            live.signal(place, "typing", str(viewer.pk), viewer.name)
        elif not typing and place in said.at:
            said.at.discard(place)
            live.signal(place, "typing", str(viewer.pk), "")
