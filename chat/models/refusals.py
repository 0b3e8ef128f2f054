"""What a room refuses, with a text for the person who asked."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _


class Refused(Exception):
    """It was not done; the text says why."""


class NotAllowed(Refused):
    """Not for this person, or not with this room."""


class Archived(Refused):
    """The room can be read, and not written to."""

    def __init__(self) -> None:
        super().__init__(_("This room is archived. It can be read, not written to."))


class Silenced(Refused):
    """They may read, and not speak; `time_zone` is theirs, by name, if known."""

    def __init__(self, until: datetime, time_zone: str, because: str) -> None:
        text = _("You are muted in this room until %(when)s.") % {"when": _by_clock(until, time_zone)}
        super().__init__(" ".join([text, because and _("Reason: %(reason)s") % {"reason": because}]).strip())


def _by_clock(at: datetime, time_zone: str) -> str:
    """By their clock; where that is not known, by the server's, which is named."""
    try:
        there, name = at.astimezone(ZoneInfo(time_zone)), ""
    except (ZoneInfoNotFoundError, ValueError):
        there = localtime(at)
        name = f" ({there:%Z})"
    return date_format(there, "j E, H:i") + name


class NotAMember(Exception):
    """Only members of a room may speak in it."""


class ClientIdTaken(Exception):
    """This client id already names a message of the same author in another room."""
