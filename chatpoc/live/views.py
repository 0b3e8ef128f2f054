"""The engine shown to people; to programs it is by chatpoc.health."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chatpoc.live import insight
from chatpoc.live.fragments import fragment


def _may_look(request: HttpRequest) -> bool:
    return insight.may_look(request.user)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What the engine did in this process. For staff; to others it is not there."""
    if not _may_look(request):
        raise Http404
    return render(request, "live/insight.html")


@fragment("live/_figures.html", tags=lambda _request: [insight.TAG], may=_may_look)
def figures(_request: HttpRequest) -> dict[str, Any]:
    return {
        "process": insight.PROCESS,
        "started": insight.STARTED,
        "ages": (ages := insight.ages()),
        "measured": sum(bar.count for bar in ages),
        "types": insight.types(),
        "fragments": insight.fragments(),
    }
