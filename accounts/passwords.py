"""What a new password may be, beside Django's own rules: long, but not to keep the server busy; and not the name of the place.

There is no rule about kinds of characters: such rules make passwords that people forget and programs guess.
"""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LONGEST = 1024  # characters; a longer one is hashed no better, and a megabyte of them costs time
OWN_WORDS = ("chatpoc", "lobby", "password", "admin", "welcome")
LEFT = 5  # characters beside such words, at least


class Bounded:
    def validate(self, password: str, user: object = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(too_long(), code="password_too_long")

    def get_help_text(self) -> str:
        return too_long()


class NotOfThisPlace:
    """Refuses chatpoc2026 and the host's name with a year: the first that somebody tries who knows where it is for."""

    def validate(self, password: str, user: object = None) -> None:
        hosts = [part for host in settings.ALLOWED_HOSTS for part in host.lower().split(".") if len(part) > 3]
        words = "|".join(re.escape(word) for word in (*OWN_WORDS, *hosts))
        if len(re.sub(words, "", password.lower())) < min(LEFT, len(password)):
            raise ValidationError(self.get_help_text(), code="password_of_this_place")

    def get_help_text(self) -> str:
        return _("Your password must be more than a name of this place with something added.")


def too_long() -> str:
    text = ngettext(
        "Your password can have %(limit)d character at most.",
        "Your password can have %(limit)d characters at most.",
        LONGEST,
    )
    return text % {"limit": LONGEST}
