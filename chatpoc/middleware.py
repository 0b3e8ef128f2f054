"""Closed by default: every view needs a signed-in viewer unless it says otherwise."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse


class SignedInMiddleware(LoginRequiredMiddleware):
    """A page is sent to the log-in; a fetch gets 401, since it would follow a redirect and show the log-in inside a pane."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
        if request.headers.get("HX-Request"):
            return HttpResponse("You are signed out.", status=401, content_type="text/plain")
        return redirect_to_login(request.get_full_path(), str(self.get_login_url(view_func)))
