from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import ViewerRequest


@require_safe
def blocked(request: ViewerRequest) -> HttpResponse:
    """Whom the viewer blocked, with the way back. Nobody else has a list of it."""
    return render(request, "accounts/blocked.html", {"people": User.objects.people_blocked_by(request.user)})
