from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import ViewerRequest
from presence.fragments import visibility
from presence.privacy import appear


@require_http_methods(["GET", "HEAD", "POST"])
def appearance(request: ViewerRequest) -> HttpResponse:
    """`appear` is online or offline, to the others and from now on. A GET comes from a sign-in on the way."""
    if request.method == "POST" and request.POST.get("appear") in {"online", "offline"}:
        appear(request.user, offline=request.POST["appear"] == "offline")
        if request.htmx:
            return HttpResponse(visibility.render(request, reverse("presence:visibility"), {}))
    return redirect("/")
