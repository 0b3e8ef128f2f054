"""Where one is signed in, and the end of it."""

from typing import Any

from allauth.account.internal.flows.logout import logout
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.devices import in_words
from accounts.models import User
from accounts.requests import ViewerRequest


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: ViewerRequest) -> HttpResponse:
    """A POST ends all but this one."""
    if request.method == "POST":
        for session in _others(request):
            session.delete()
        messages.success(request, "You are signed out everywhere else.")
        return redirect("usersessions_list")
    alive = [_described(session) for session in _alive(request.user)]
    here = [told for told in alive if told["row"].session_key == request.session.session_key]
    others = [told for told in alive if told not in here]
    return render(request, "usersessions/list.html", {"here": here[0] if here else None, "others": others})


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


def _alive(user: User) -> list[UserSession]:
    """The last seen first. Entries of sessions that are over go. Two queries; allauth asks for each."""
    entries = list(UserSession.objects.filter(user=user).order_by("-last_seen_at"))
    keys = [entry.session_key for entry in entries]
    stored = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    hashes = {session.session_key: session.get_decoded().get(HASH_SESSION_KEY) for session in stored}
    good = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    dead = [entry.pk for entry in entries if hashes.get(entry.session_key) not in good]
    UserSession.objects.filter(pk__in=dead).delete()
    return [entry for entry in entries if entry.pk not in dead]


def _others(request: ViewerRequest) -> Any:
    return UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)


def _described(session: UserSession) -> dict[str, Any]:
    return {"row": session, "device": in_words(session.user_agent)}
