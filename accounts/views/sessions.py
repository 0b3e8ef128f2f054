"""Where one is signed in, and the end of it."""

from typing import Any

from allauth.account.internal.flows.logout import logout
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.devices import in_words
from accounts.requests import ViewerRequest
from accounts.sessions import end_sessions, open_sessions


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: ViewerRequest) -> HttpResponse:
    """A POST ends all but this one."""
    if request.method == "POST":
        end_sessions(_others(request), request.user)
        messages.success(request, _("You are signed out everywhere else."))
        return redirect("usersessions_list")
    open_ones = open_sessions(request.user)
    here = next((row for row in open_ones if row.session_key == request.session.session_key), None)
    others = [_described(row) for row in open_ones if row != here]
    return render(request, "usersessions/list.html", {"here": here and _described(here), "others": others})


@require_http_methods(["GET", "HEAD", "POST"])
def session(request: ViewerRequest, session_id: int) -> HttpResponse:
    """Its end. A GET comes from a log-in that led back here, and ends nothing."""
    if request.method != "POST":
        return redirect("usersessions_list")
    ended = get_object_or_404(UserSession, pk=session_id, user=request.user)
    if ended.session_key == request.session.session_key:
        logout(request)
        return redirect("account_login")
    ended.delete()
    messages.success(request, _("%(device)s is signed out.") % {"device": in_words(ended.user_agent)})
    return redirect("usersessions_list")


def _others(request: ViewerRequest) -> QuerySet[UserSession]:
    own: QuerySet[UserSession] = UserSession.objects.filter(user=request.user)
    return own.exclude(session_key=request.session.session_key)


def _described(session: UserSession) -> dict[str, Any]:
    return {"row": session, "device": in_words(session.user_agent)}
