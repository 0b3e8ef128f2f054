from typing import Any

from accounts.models import User
from accounts.requests import ViewerRequest
from chatpoc import live


@live.fragment("presence/_visibility.html", tags=lambda request: [f"visibility:{request.user.pk}"])
def visibility(request: ViewerRequest) -> dict[str, Any]:
    """Whether the others see the viewer here, and the button that changes it."""
    return {
        "offline": User.objects.get(pk=request.user.pk).appears_offline
    }  # request.user was read before the versions
