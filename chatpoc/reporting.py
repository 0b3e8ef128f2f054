"""What is written down of an error: where it happened. What people said and typed, and who they are, stays out of it."""

import re
from typing import Any

from django.conf import settings
from django.views.debug import ExceptionReporter

TYPED = ("request_GET_items", "filtered_POST_items", "request_FILES_items", "request_COOKIES_items")
# Of the headers: where somebody was, what they looked for, and what lets them in.
SAID = re.compile("QUERY|REFERER|URI|COOKIE|AUTH")


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
