"""What the socket takes from the browser beside `watch`: the apps' own words."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:  # an app may say what it hears before the models are loaded
    from django.contrib.auth.models import AbstractBaseUser
    from django.utils.functional import Promise

Handler = Callable[["AbstractBaseUser", dict[str, object]], None]

handlers: dict[str, Handler] = {}


class FrameError(Exception):
    """What the browser sent cannot be used; `code` is for programs, the text, which may be lazy, for people."""

    def __init__(self, code: str, text: "str | Promise") -> None:
        super().__init__(text)
        self.code = code


class TooFast(FrameError):
    """It can be used, but not yet: in `wait` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__("too-fast", _("This page asks for a lot at once. It goes on in a moment."))
        self.wait = math.ceil(wait)


def hear(name: str, handler: Handler) -> None:
    """Call `handler(viewer, value)` for each frame `{name: value}`, in a thread that may use the database."""
    handlers[name] = handler
