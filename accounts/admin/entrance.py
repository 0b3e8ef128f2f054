"""Who comes into the admin: staff, by the one log-in of the chat, and in production with a second factor."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User

_is_staff = admin.site.has_permission
# The admin's own log-in knows neither the limit on guesses nor second factors.
_own_log_in = secure_admin_login(admin.site.login)


def viewer_of(request: HttpRequest) -> User:
    viewer = request.user
    assert isinstance(viewer, User)  # noqa: S101  (for the type checker: the admin is closed to everybody else)
    return viewer


def has_permission(request: HttpRequest) -> bool:
    if not _is_staff(request) or viewer_of(request).is_suspended:
        return False
    return bool(not settings.ADMIN_SECOND_FACTOR or showed_second_factor(request))


@login_not_required
def log_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Where the admin sends whom it does not let in."""
    if not _is_staff(request) or has_permission(request):
        response: HttpResponse = _own_log_in(request, *args, **kwargs)
        return response
    if is_mfa_enabled(viewer_of(request)):
        asked_for = urlencode({"next": request.GET.get("next", reverse("admin:index"))})
        return redirect(f"{reverse('mfa_reauthenticate')}?{asked_for}")
    messages.warning(request, _("The admin asks for a second factor. Set one up here, then open it again."))
    return redirect("mfa_index")


def showed_second_factor(request: HttpRequest) -> bool:
    """Did they, in this session, by a code, a key or a passkey?"""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, viewer_of(request)))


admin.site.has_permission = has_permission  # type: ignore[method-assign]
admin.site.login = log_in  # type: ignore[method-assign]
