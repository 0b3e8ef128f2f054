from typing import Any

from accounts.requests import ViewerRequest
from chatpoc import live


@live.fragment("accounts/_me.html", tags=lambda request: [f"people:{request.user.pk}"])
def me(request: ViewerRequest) -> dict[str, Any]:
    """The viewer themselves, at the foot of the sidebar."""
    return {"person": request.user}
