"""What a room refuses, said on a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import ViewerRequest
from chat.models.refusals import Refused


def refusing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer a refusal with 403 and its reason, and a way back to the room."""

    @wraps(view)
    def answer(request: ViewerRequest, room_id: int, **arguments: Any) -> HttpResponse:
        try:
            return view(request, room_id, **arguments)
        except Refused as reason:
            return render(request, "chat/refused.html", {"reason": str(reason), "room_id": room_id}, status=403)

    return answer
