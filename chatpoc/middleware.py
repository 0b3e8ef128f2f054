"""Before any view: what no view can use is refused, and every view needs a signed-in viewer unless it says otherwise."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext


def refuse_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """An address or a session that holds a NUL names nothing, and PostgreSQL would fail over looking for it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path + request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""):
            raise BadRequest("There is a NUL in the address or in the session's cookie.")
        return get_response(request)

    return middleware


METHODS = ("GET", "HEAD", "POST")


def refuse_methods(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No page is written for another method. Some of other packages take PUT for POST, or tell by OPTIONS what they are."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)

    return middleware


class CompressPages(GZipMiddleware):
    """HTML alone: pictures are compressed already, static files have been. Their length says little of what else is in them:
    Django's class adds some of its own at random."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        html = response.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if html else response


# Nothing here looks, listens or asks where one is; a passkey is made and used on our own pages alone.
PERMITTED = "publickey-credentials-create=(self), publickey-credentials-get=(self)"
FORBIDDEN = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"
)


def permit_little(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Nor may a page of another site show a picture, or run a script, of ours: what it costs them tells who is signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", f"{FORBIDDEN}, {PERMITTED}")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def keep_new_session(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A new password gives the session a new key. A fetch of another tab that is late, and refused, has the cookie of the old
    one: Django would have the browser drop its cookie, which is the new one by then."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 401:
            response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        return response

    return middleware


SECRETS = ("/accounts/", "/admin/")  # codes, keys, addresses: kept in no browser, not even to come back to


def keep_private(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A page and the pane that replaces a part of it have one address: no cache may give one for the other, nor keep either.
    A browser keeps a conversation to go back to it, and asks before it shows it; with a log-out it lets go of all."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.get("Content-Type", "").startswith("text/html") and not response.has_header("Cache-Control"):
            patch_vary_headers(response, ["HX-Request", "HX-Target", "Cookie"])
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, no_cache=True, private=True, no_store=request.path.startswith(SECRETS))
        if getattr(request, "is_signed_out", False):
            response["Clear-Site-Data"] = '"cache"'  # not "storage": there is what they typed and could not send
        return response

    return middleware


class SignedInMiddleware(LoginRequiredMiddleware):
    """A page is sent to the log-in; a fetch gets 401, since it would follow a redirect and show the log-in inside a pane."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
        if request.headers.get("HX-Request"):
            return HttpResponse(gettext("You are signed out."), status=401, content_type="text/plain; charset=utf-8")
        return redirect_to_login(_page_of(request), str(self.get_login_url(view_func)))


def _page_of(request: HttpRequest) -> str:
    """Where one goes on after the log-in. What a form was sent to is often no page: then where the form stood."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(referer)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))
