"""The two doors: pages by HTTP, and one socket per open tab."""

import codecs
import os
from typing import Any

import django
from asgiref.sync import sync_to_async
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatpoc.settings")
django.setup()  # loads the apps, which the imports below need

from chatpoc import answers  # noqa: E402
from chatpoc.files import Files  # noqa: E402
from chatpoc.health import Health  # noqa: E402
from chatpoc.live.consumer import LiveConsumer  # noqa: E402
from chatpoc.live.nowhere import Nowhere  # noqa: E402


class Pages(ASGIHandler):
    """Middleware and views are all synchronous here: a request goes to its thread once, and not to and fro between them, which
    costs a fifth of the CPU of a short answer (docs/benchmarks/invalidation.md)."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002
        super().load_middleware(is_async=False)

    def create_request(self, scope: Any, body_file: Any) -> Any:
        """All pages and scripts of ours write UTF-8. Django would read the address and the form with any codec of Python's that
        a request names, before a middleware sees it: some make no text, and some make half of a surrogate pair."""
        try:
            request, refusal = super().create_request(scope, body_file)
        except (LookupError, ValueError):
            return None, HttpResponseBadRequest()
        if request and request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            return None, HttpResponseBadRequest()
        return request, refusal

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self._get_response_and_let_go)(request)

    def _get_response_and_let_go(self, request: HttpRequest) -> HttpResponseBase:
        """Django gives the connection back when the answer is closed. Of a browser that left long before it was there none is:
        the connection would end with its thread, unknown to the pool, which would be one short for ever."""
        try:
            return self.get_response(request)
        finally:
            connections.close_all()


class Followed(Pages):
    """Each request has an id, and each answer is counted."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        answers.under_way[0] += 1
        try:
            await super().__call__(scope, receive, answers.followed(scope, send))
        finally:
            answers.under_way[0] -= 1


# Channels puts ASGI applications where Django's own types expect views.
sockets: Any = [re_path(r"^ws/$", LiveConsumer.as_asgi()), re_path(r"", Nowhere.as_asgi())]  # type: ignore[arg-type]
application = ProtocolTypeRouter({"http": Health(Files(Followed())), "websocket": URLRouter(sockets)})
