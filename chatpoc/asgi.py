"""The two doors: pages by HTTP, and one socket per open tab."""

import asyncio
import codecs
import contextvars
import os
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import chain, repeat
from typing import Any, cast

import django
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import connections
from django.http import HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.urls import re_path, set_script_prefix

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatpoc.settings")
django.setup()  # loads the apps, which the imports below need

from chatpoc import answers, unavailable  # noqa: E402
from chatpoc.files import Files  # noqa: E402
from chatpoc.health import GUARDS, Health  # noqa: E402
from chatpoc.live import unchanged  # noqa: E402
from chatpoc.live.consumer import LiveConsumer  # noqa: E402
from chatpoc.live.nowhere import Nowhere  # noqa: E402
from chatpoc.quick import start  # noqa: E402

start()

# More than ever work: those that wait for a row, or for a connection, for 5 s at most, must not keep the others waiting.
AT_WORK = 200
THREADS = ThreadPoolExecutor(AT_WORK, thread_name_prefix="page")
WAITING = 100  # requests, that wait for one of them; who comes after those is told to come again, which costs nothing
TOO_MANY = b"Too many people are asking at once. Please try again in a moment.\n"


class Pages(ASGIHandler):
    """Middleware and views are all synchronous here: a request goes to a thread once, with all that Django does around it, and
    not to and fro between them. The threads are kept; Django would start one for each request (docs/benchmarks/speed.md)."""

    under_way = 0  # in a thread, or waiting for one; counted on the loop

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        began = time.monotonic()
        if known := await unchanged.again(scope):
            await send({"type": "http.response.start", "status": 304, "headers": known.headers})
            await send({"type": "http.response.body"})
            return
        try:
            body = await self._read(receive)
        except RequestAborted:
            return
        if self.under_way >= AT_WORK + WAITING:
            await self._come_again(send)
            return
        self.under_way += 1
        try:
            response = await asyncio.get_running_loop().run_in_executor(
                THREADS, contextvars.copy_context().run, self._answer, scope, body
            )
        finally:
            self.under_way -= 1
        unchanged.note(scope, response, began)
        if response.streaming:
            await self._stream(response, receive, send)
        else:
            await self.send_response(response, send)

    async def _come_again(self, send: Any) -> None:
        headers = {
            "content-type": "text/plain; charset=utf-8",
            "retry-after": unavailable.retry_after(),
            "content-length": str(len(TOO_MANY)),
        }
        own = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 503, "headers": own + GUARDS})
        await send({"type": "http.response.body", "body": TOO_MANY})

    async def _read(self, receive: Any) -> Any:
        """Most come with no body, or a small one, for which Django makes a file as well."""
        first = await receive()
        if first["type"] == "http.request" and not first.get("more_body"):
            return BytesIO(first.get("body", b""))
        rest = chain([first], repeat(None))

        async def again() -> Any:
            return next(rest) or await receive()

        return await self.read_body(again)

    def _answer(self, scope: Any, body: Any) -> HttpResponseBase:
        """In a thread. A connection is given back here, whatever became of the browser: its thread may be the next's."""
        try:
            set_script_prefix(get_script_prefix(scope))
            signals.request_started.send(sender=type(self), scope=scope)
            request, response = self.create_request(scope, body)
            response = self.get_response(request) if request else response
            if not response.streaming:
                response.close()  # what is to be sent it has in memory
            return cast("HttpResponseBase", response)
        finally:
            connections.close_all()

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

    async def _stream(self, response: HttpResponseBase, receive: Any, send: Any) -> None:
        """Piece by piece, in a thread of its own, until the browser leaves."""
        async with ThreadSensitiveContext():
            sending = asyncio.ensure_future(self.send_response(response, send))
            leaving = asyncio.ensure_future(receive())  # nothing else can come: the body was read
            try:
                await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
                if sending.done():
                    sending.result()
            finally:
                leaving.cancel()
                sending.cancel()
                await asyncio.wait((sending, leaving))
                await sync_to_async(response.close)()


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
