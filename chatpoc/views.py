"""Pages that belong to no app: errors, and the development mailbox."""

import email
import email.message
import email.policy
import functools
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chatpoc.database import trouble
from chatpoc.limits import buckets, whose
from chatpoc.unavailable import come_again

PLAIN = "text/plain; charset=utf-8"


def at_a_cost(answer: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Where no view was found, or none may answer, the limits (chatpoc.limits) have not counted yet: it counts as a page."""

    @functools.wraps(answer)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not getattr(request, "counted", False) and hasattr(request, "user"):
            request.counted = True  # type: ignore[attr-defined]
            if wait := buckets.take(whose.buckets("read", whose.of_request(request))):
                seconds = str(math.ceil(wait))
                return HttpResponse(
                    _("Too many at once"), status=429, headers={"Retry-After": seconds}, content_type=PLAIN
                )
        return answer(request, *args, **kwargs)

    return counted


@at_a_cost
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  (Django's signature)
    text = _("This page is too old to send from. Reload it and try again.")
    if request.headers.get("HX-Request"):
        return HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")
    return render(request, "error.html", {"title": _("Please try again"), "text": text}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if trouble(exception):  # a session that could not be stored is no session that somebody ended
        return come_again(request)
    return render(
        request,
        "error.html",
        {"title": _("That did not work"), "text": _("This address is not right.")},
        status=400,
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return render(request, "error.html", {"title": _("Not allowed"), "text": _("You may not do this.")}, status=403)


@at_a_cost
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    text = _("There is nothing here, or it is not yours to see.")
    return render(request, "error.html", {"title": _("Nothing here"), "text": text}, status=404)


def too_many(request: HttpRequest, text: str = "") -> HttpResponse:
    text = text or _("That was tried too often. Please wait a few minutes and try again.")
    return render(request, "error.html", {"title": _("Too many at once"), "text": text}, status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls it while it handles the exception, wherever that was raised: in a view, a template or a middleware."""
    if trouble(sys.exc_info()[1]):
        return come_again(request)
    text = _("Something broke on our side. It has been noted. Please try again in a moment.")
    return render(request, "error.html", {"title": _("Sorry"), "text": text}, status=500)


@require_safe
@login_not_required
def mailbox(request: HttpRequest) -> HttpResponse:
    """Mail that the development server sent, newest first. Only for a browser on the same machine."""
    if request.META.get("REMOTE_ADDR") not in {"127.0.0.1", "::1"}:
        raise Http404
    files = sorted(
        Path(str(getattr(settings, "EMAIL_FILE_PATH", ""))).glob("*.log"),
        key=lambda file: file.stat().st_mtime,
        reverse=True,
    )
    mails = [mail for file in files[:20] for mail in _mails_in(file)]
    return render(request, "dev/mailbox.html", {"mails": mails})


def _mails_in(file: Path) -> list[dict[str, str]]:
    """One file holds what one connection sent; a line of dashes ends each mail."""
    parts = [part.strip() for part in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n")]
    found = [email.message_from_bytes(part, policy=email.policy.default) for part in parts if part]
    return [
        {
            "subject": str(mail["subject"]),
            "to": str(mail["to"]),
            "date": str(mail["date"]),
            "text": _text(mail.get_body(("plain",))),
        }
        for mail in reversed(found)
    ]


def _text(body: email.message.MIMEPart | None) -> str:
    """What is said in this part of a mail of ours, which is always UTF-8."""
    content = body.get_payload(decode=True) if body else b""
    return content.decode(errors="replace") if isinstance(content, bytes) else ""
