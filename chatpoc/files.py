"""Static files are sent before Django is asked. A page has 75 of them, and each would go through a thread and all of its
middleware, at six times the cost."""

from contextlib import suppress
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from whitenoise.responders import StaticFile

from chatpoc.storage import Answer, answer, files

ASKED = {  # what decides which answer a file has, as a header and as WhiteNoise knows it
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"range": "HTTP_RANGE",
}
Headers = list[tuple[bytes, bytes]]


class Files:
    """An ASGI application around Django's, to which all goes that is not a static file."""

    def __init__(self, pages: ASGIHandler) -> None:
        self.pages = pages
        self.found: dict[str, StaticFile] = {} if files().autorefresh else files().files
        self.guards = self._guards()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if (found := self._answer(scope)) is None:
            await self.pages(scope, receive, send)
            return
        status, headers, body = found
        await send({"type": "http.response.start", "status": status, "headers": _encoded(headers) + self.guards})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, scope: Any) -> Answer | None:
        """In the loop: a thread would take longer."""
        file = self.found.get(scope["path"]) if scope["method"] in {"GET", "HEAD"} else None
        if file is None or not _is_secure(scope):
            return None
        asked = {ASKED[name]: value.decode("latin-1") for name, value in scope["headers"] if name in ASKED}
        with suppress(OSError):  # it went away meanwhile, which Django tells as it tells every failure
            return answer(file, scope["method"], asked)
        return None

    def _guards(self) -> Headers:
        """What Django's middleware forbids a browser to do with a file, which is the same for each: its answer for one."""
        for path, file in self.found.items():
            scope = {"type": "http", "method": "HEAD", "path": path, "scheme": "https", "headers": []}
            _, own, _ = answer(file, "HEAD", {})
            of_django = self.pages.get_response(ASGIRequest(scope, BytesIO()))
            return _encoded(header for header in of_django.items() if header not in own)
        return []


def _is_secure(scope: Any) -> bool:
    """Django sends the others to https."""
    if not settings.SECURE_SSL_REDIRECT:
        return True
    name, value = settings.SECURE_PROXY_SSL_HEADER
    return (name.removeprefix("HTTP_").replace("_", "-").lower().encode(), value.encode()) in scope["headers"]


def _encoded(headers: Any) -> Headers:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
