"""What is written down of an error: where it happened. What people said and typed, and who they are, stays out of it.

By the mails to ADMINS, by the log in JSON (chatpoc.structured) and by Sentry (chatpoc.sentry).
"""

import re
import traceback
from typing import Any

from django.conf import settings
from django.views.debug import ExceptionReporter

from chatpoc.env import BASE

TYPED = ("request_GET_items", "filtered_POST_items", "request_FILES_items", "request_COOKIES_items")
# Of the headers: where somebody was, what they looked for, and what lets them in.
SAID = re.compile("QUERY|REFERER|URI|COOKIE|AUTH")
# Of a frame, as Sentry names its parts: the code, and none of the values.
FRAME = (
    "filename",
    "abs_path",
    "module",
    "function",
    "lineno",
    "pre_context",
    "context_line",
    "post_context",
    "in_app",
)
DEEPEST = 30  # frames of an error, the last ones
LONGEST = 5  # errors of which one led to the other


def where(error: BaseException) -> list[dict[str, Any]]:
    """The error and those that led to it: `type`, and `at`, the lines of code from the outermost to where it was raised."""
    told: list[dict[str, Any]] = []
    following: BaseException | None = error
    while following is not None and len(told) < LONGEST:
        frames = traceback.extract_tb(following.__traceback__)[-DEEPEST:]
        at = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
        told.append({"type": type(following).__name__, "at": at})
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    return told


def _short(file: str) -> str:
    """Without where it is installed."""
    return file.rpartition("/site-packages/")[2].removeprefix(f"{BASE}/")


class Reporter(ExceptionReporter):
    """Of the mails to ADMINS: Django's would hold the form that was sent, a message or a password, and the address."""

    def get_traceback_data(self) -> dict[str, Any]:
        told: dict[str, Any] = super().get_traceback_data()
        if settings.DEBUG:  # on the screen of who writes the chat
            return told
        for name in TYPED:
            told[name] = [(key, "…") for key, _ in told.get(name) or ()]
        told["request_meta"] = {k: v for k, v in told.get("request_meta", {}).items() if not SAID.search(k)}
        told["user_str"] = told["exception_notes"] = told["template_info"] = ""
        told["request_insecure_uri"] = self.request.path if self.request else ""
        if "exception_value" in told:
            told["exception_value"] = "…"
        for frame in told.get("frames", ()):
            frame["vars"] = []
            frame["exc_cause"] = frame.get("exc_cause") and type(frame["exc_cause"]).__name__
        return told
