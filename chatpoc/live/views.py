"""The engine shown to people and to programs."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chatpoc.live import counters, insight
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


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """The counters for Prometheus; closed unless METRICS_TOKEN is set and sent."""
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    return HttpResponse(generate_latest(counters.registry), content_type=CONTENT_TYPE_LATEST)
