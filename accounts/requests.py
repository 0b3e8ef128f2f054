"""What a view receives once SignedInMiddleware has let a request through."""

from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class ViewerRequest(HttpRequest):
    """A request of a signed-in person: the viewer."""

    user: User
    htmx: HtmxDetails
    room: Any  # that the page is of, where it is one of a room
