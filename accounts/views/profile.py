"""Who one is to the others: name, handle, words, zone, picture."""

from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import PictureForm, ProfileForm
from accounts.models import User
from accounts.pictures.storing import path_of
from accounts.requests import ViewerRequest
from chatpoc.limits.middleware import limited


def too_fast(request: ViewerRequest, *, reason: str) -> HttpResponse:
    form = ProfileForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    form.add_error(None, reason)
    return profile_page(request, status=429, form=form)


def picture_too_fast(request: ViewerRequest, *, reason: str) -> HttpResponse:
    """A file is not sent back, and this one is not even read."""
    form = PictureForm({}, {}, person=request.user)
    form.errors.clear()
    form.add_error("picture", reason)
    return profile_page(request, status=429, picture_form=form)


@limited(refused=too_fast)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: ViewerRequest) -> HttpResponse:
    """The forms; POST saves what is told to others."""
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("accounts:profile")
    return profile_page(request, form=form)


@limited(post="upload", refused=picture_too_fast)
@require_http_methods(["GET", "HEAD", "POST"])
def picture(request: ViewerRequest) -> HttpResponse:
    """A new picture, or, with `remove`, none. A GET comes from a reload after a refusal: its form is on the profile."""
    if request.method != "POST":
        return redirect("accounts:profile")
    if "remove" in request.POST:
        request.user.remove_picture()
        return redirect("accounts:profile")
    form = PictureForm(request.POST, request.FILES, person=request.user)
    if not form.is_valid():
        return profile_page(request, picture_form=form)
    request.user.take_picture(form.cleaned_data["picture"])
    return redirect("accounts:profile")


def profile_page(request: ViewerRequest, *, status: int = 0, **forms: Any) -> HttpResponse:
    ready = {"form": ProfileForm(instance=request.user), "picture_form": PictureForm(person=request.user)} | forms
    status = status or (422 if any(form.errors for form in ready.values()) else 200)
    return render(request, "accounts/profile.html", ready, status=status)


GUARDS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@limited(get="picture")
@require_safe
def picture_file(request: ViewerRequest, name: str, side: int) -> HttpResponse:  # noqa: ARG001
    """One of the squares, for whoever is signed in. Its name is its content, so it may be kept for ever."""
    path = path_of(name, side)
    if settings.MEDIA_ACCEL and default_storage.exists(path):
        accel = {"X-Accel-Redirect": f"{settings.MEDIA_ACCEL}{path}"}  # the proxy puts the file in place of this answer
        return HttpResponse(content_type="image/webp", headers=GUARDS | accel)
    try:
        with default_storage.open(path) as file:
            content = file.read()
    except OSError:
        raise Http404 from None
    return HttpResponse(content, content_type="image/webp", headers=GUARDS)
