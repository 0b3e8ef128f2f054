"""What the socket takes from the browser beside `watch`: the apps' own words."""

import math
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from chatpoc.unavailable import SECONDS

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


class NotYet(FrameError):
    """It can be used, but not yet: in `wait` seconds."""

    def __init__(self, code: str, text: "str | Promise", wait: float) -> None:
        super().__init__(code, text)
        self.wait = math.ceil(wait)


class TooFast(NotYet):
    def __init__(self, wait: float) -> None:
        super().__init__("too-fast", _("This page asks for a lot at once. It goes on in a moment."), wait)


class Unavailable(NotYet):
    """The database takes nothing just now."""

    def __init__(self) -> None:
        text = _("The chat cannot read or save anything just now. Please try again in a moment.")
        super().__init__("unavailable", text, random.randint(*SECONDS))  # noqa: S311


def hear(name: str, handler: Handler) -> None:
    """Call `handler(viewer, value)` for each frame `{name: value}`, in a thread that may use the database."""
    handlers[name] = handler
