"""To leave for a while, or for good."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.logout import logout
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.comeback import mail_way_back, who_comes_back
from accounts.mailing import NO_MAIL, sent
from accounts.requests import ViewerRequest

PAGE = ["GET", "HEAD", "POST"]
View = Callable[[Any], HttpResponse]
once_more: Callable[[View], View] = reauthentication_required


@require_safe
def account(request: ViewerRequest) -> HttpResponse:
    return render(request, "account/account.html")


@require_http_methods(PAGE)
@once_more
def deactivation(request: ViewerRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "account/deactivate.html")
    user = request.user
    user.deactivate()
    logout(request, show_message=False)
    if mail_way_back(user):
        messages.success(
            request,
            _("Your account is deactivated. The way back is in a mail to %(email)s.") % {"email": user.email},
        )
    else:
        messages.warning(
            request,
            _("Your account is deactivated. %(no_mail)s Sign in later, and the way back is sent again.")
            % {"no_mail": NO_MAIL},
        )
    return redirect("account_login")


@require_http_methods(PAGE)
@once_more
def deletion(request: ViewerRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "account/delete.html")
    email, name = request.user.email, request.user.name
    request.user.erase()
    logout(request, show_message=False)
    mailed = sent("account/email/deleted", email, {"name": name})
    messages.success(request, _("Your account is deleted.") if mailed else f"{_('Your account is deleted.')} {NO_MAIL}")
    return redirect("account_login")


@require_http_methods(PAGE)
@login_not_required
def come_back(request: HttpRequest, key: str) -> HttpResponse:
    """A GET changes nothing: mail scanners open links."""
    user = who_comes_back(key)
    if user is None or request.method != "POST":
        return render(request, "account/come_back.html", {"person": user})
    if not user.come_back():  # it was used, or taken away, a moment ago
        return render(request, "account/come_back.html", {"person": None})
    messages.success(request, _("Welcome back. Please sign in."))
    return redirect("account_login")
