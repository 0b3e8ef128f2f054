"""Where one is signed in, and the end of it."""

from typing import Any

from allauth.account.internal.flows.logout import logout
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.devices import in_words
from accounts.requests import ViewerRequest


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: ViewerRequest) -> HttpResponse:
    """A POST ends all but this one."""
    if request.method == "POST":
        for session in _others(request):
            session.delete()
        messages.success(request, "You are signed out everywhere else.")
        return redirect("usersessions_list")
    UserSession.objects.purge_and_list(request.user)
    here = UserSession.objects.filter(user=request.user, session_key=request.session.session_key).first()
    others = [_described(session) for session in _others(request).order_by("-last_seen_at")]
    return render(request, "usersessions/list.html", {"here": here and _described(here), "others": others})


@require_POST
def session(request: ViewerRequest, session_id: int) -> HttpResponse:
    """Its end."""
    ended = get_object_or_404(UserSession, pk=session_id, user=request.user)
    if ended.session_key == request.session.session_key:
        logout(request)
        return redirect("account_login")
    ended.delete()
    messages.success(request, f"{in_words(ended.user_agent)} is signed out.")
    return redirect("usersessions_list")


def _others(request: ViewerRequest) -> Any:
    return UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)


def _described(session: UserSession) -> dict[str, Any]:
    return {"row": session, "device": in_words(session.user_agent)}
