"""Who is suspended is told until when and why, wherever they come, and can do nothing else but leave."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User

# To sign out, and to delete their account, which asks once more who they are. What is open to everybody is to them, too.
OPEN = {
    "account_logout",
    "accounts:deletion",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
READING = {"GET", "HEAD"}


class KeepOut:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _arguments: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not getattr(view, "login_required", True) or (match and match.view_name in OPEN):
            return None
        viewer = request.user
        return refuse(request, viewer) if isinstance(viewer, User) and viewer.is_suspended else None


def refuse(request: HttpRequest, viewer: User) -> HttpResponse:
    """A page, which shows what was sent from a form; words for a fetch."""
    until = viewer.suspended_until
    assert until  # noqa: S101  (for the type checker)
    if request.headers.get("HX-Request"):
        text = _("You are suspended until %(until)s: %(reason)s") % {
            "until": in_words(until, viewer), "reason": viewer.suspended_because
        }  # fmt: skip
        response = HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")
    else:
        written = "" if request.method in READING else request.POST.get("body", "")
        context = {"person": viewer, "until": in_words(until, viewer), "ends": until.isoformat(), "written": written}
        response = render(request, "accounts/suspended.html", context, status=403)
    response["X-Suspended"] = until.isoformat()  # see static/js/suspension.js
    add_never_cache_headers(response)
    return response


def in_words(until: datetime, viewer: User) -> str:
    """In their time zone, if they told it."""
    try:
        zone = ZoneInfo(viewer.time_zone or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    local = until.astimezone(zone)
    return f"{date_format(local, 'DATETIME_FORMAT')} ({local:%Z})"
