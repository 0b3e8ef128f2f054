"""Who is typing: told to those who have the place open, and kept nowhere."""

from weakref import WeakKeyDictionary

from accounts.models import User
from chatpoc import live
from chatpoc.live.allowance import Allowance
from chatpoc.live.topics import Socket

places: set[str] = set()  # types of tags for places where one can type


class Typing:
    """Frames `{"typing": {"room:42": true}}`; false takes it back, when the field was emptied or the message sent."""

    def __init__(self) -> None:
        self._left: WeakKeyDictionary[Socket, Allowance] = WeakKeyDictionary()

    def hear(self, socket: Socket, value: object) -> None:
        if (
            not isinstance(value, dict)
            or len(value) != 1
            or not all(isinstance(typing, bool) for typing in value.values())
        ):
            raise live.FrameError("bad-typing", "The chat could not tell where somebody is typing.")
        [(place, typing)] = value.items()
        viewer = socket.viewer
        if place.partition(":")[0] not in places or place not in socket.watched:
            return  # not theirs, or theirs no longer
        if not isinstance(viewer, User) or viewer.appears_offline:
            return
        # Browsers say it every 3 s, and when it ends; who says it without pause is not heard.
        if self._left.setdefault(socket, Allowance(per_second=1, burst=4)).take():
            live.signal(place, "typing", str(viewer.pk), viewer.name if typing else "")
