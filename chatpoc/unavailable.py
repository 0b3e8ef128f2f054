"""What somebody sees who comes while the database is out of reach. Nothing here asks it."""

import random
import re

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

SECONDS = (2, 4)  # until one may come again: most of what keeps a database busy is over, and not all come at once
SECRET = re.compile(r"pass|code|secret|credential")  # fields that no page shows again


def come_again(request: HttpRequest) -> HttpResponse:
    """For a fetch a sentence; for a browser without JavaScript a page that holds what it sent, and can send it once more."""
    text = _("The chat cannot read or save anything just now. Please try again in a moment.")
    if request.headers.get("HX-Request"):
        response = HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
    else:
        context = {"title": _("Just a moment"), "text": text, "address": request.get_full_path(), **_sent(request)}
        response = render(None, "unavailable.html", context, status=503)  # without what pages may ask about the viewer
    # A new token would make the form, which is sent once more as it is, too old.
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
    response["Retry-After"] = retry_after()
    response["Cache-Control"] = "no-store"
    return response


def retry_after() -> str:
    return str(random.randint(*SECONDS))  # noqa: S311


def _sent(request: HttpRequest) -> dict[str, object]:
    """`fields` of the form that was sent, with the token that came with it: a new one would vouch for whatever another site had
    this browser send. None where they hold a secret or a file, which only the page before can send once more."""
    if request.method != "POST":
        return {}
    try:
        sent, files = request.POST, request.FILES
    except (SuspiciousOperation, OSError):  # too large, or cut off
        return {"lost": True}
    if files or any(SECRET.search(name.lower()) for name in sent):
        return {"lost": True}
    fields = [(name, value) for name, values in sent.lists() for value in values]
    return {"fields": fields, "send": True}
