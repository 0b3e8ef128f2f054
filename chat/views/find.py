from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import ViewerRequest
from chat import finding
from chat.views.people import asked_for
from chatpoc.limits.middleware import limited


@limited(get="search")
@require_safe
def find(request: ViewerRequest) -> HttpResponse:
    """The options of the quick finder for `?q=`. As a page it is the list of people."""
    query = asked_for(request)
    if not request.htmx:
        return redirect(f"{reverse('chat:people')}?{urlencode({'q': query})}" if query else "chat:people")
    return render(request, "chat/_found.html", {"found": finding.find(request.user, query), "query": query.strip()})
