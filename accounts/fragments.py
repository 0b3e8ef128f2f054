from typing import Any

from accounts.models import User
from accounts.requests import ViewerRequest
from chatpoc import live


@live.fragment("accounts/_me.html", tags=lambda request: [f"people:{request.user.pk}"], kept=True)
def me(request: ViewerRequest) -> dict[str, Any]:
    """The viewer themselves, at the foot of the sidebar."""
    return {"person": User.objects.get(pk=request.user.pk)}  # request.user was read before the versions


@live.fragment("accounts/_cast.html", tags=lambda _request, people: [f"people:{pk}" for pk in people], kept=True)
def cast(request: ViewerRequest, people: tuple[int, ...]) -> dict[str, Any]:  # noqa: ARG001  (every view gets it)
    """What these people are called and look like now, for messages that were rendered before they changed it."""
    return {"people": User.objects.filter(pk__in=people).order_by("pk")}
