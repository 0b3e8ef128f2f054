"""What a room refuses, with a text for the person who asked."""

from django.utils.translation import gettext as _


class Refused(Exception):
    """It was not done; the text says why."""


class NotAllowed(Refused):
    """Not for this person, or not with this room."""


class Archived(Refused):
    """The room can be read, and not written to."""

    def __init__(self) -> None:
        super().__init__(_("This room is archived. It can be read, not written to."))


class Unwelcome(Refused):
    """One of the two blocked the other; which of them is not said."""

    def __init__(self) -> None:
        super().__init__(_("You cannot write to this person."))


class NotAMember(Exception):
    """Only members of a room may speak in it."""


class ClientIdTaken(Exception):
    """This client id already names a message of the same author in another room."""
