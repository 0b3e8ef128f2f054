from typing import Any

from accounts.models import User
from accounts.requests import ViewerRequest
from chatpoc import live


@live.fragment(
    "presence/_visibility.html",
    tags=lambda request: [f"visibility:{request.user.pk}", f"blocks:{request.user.pk}"],
    kept=True,
)
def visibility(request: ViewerRequest) -> dict[str, Any]:
    """Whether the others see the viewer here, and the button that changes it; and the ids of those whom the viewer blocked:
    messages are the same for everyone, so the page folds theirs itself. One statement, as it stands on every page."""
    rows = (
        User.objects.filter(pk=request.user.pk).order_by("blocks__person").values_list("hidden_since", "blocks__person")
    )
    hidden, people = zip(*rows, strict=True)
    return {"offline": hidden[0] is not None, "blocked": ",".join(str(pk) for pk in people if pk)}
