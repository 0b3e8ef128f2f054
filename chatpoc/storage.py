"""Static files are sent compressed, in production also named by their content. And where a page's notes to the next one are.

chatpoc/files.py sends most of them, before this middleware would.
"""

import gzip
import hashlib
import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from chatpoc.env import PRODUCTION, VAR

Answer = tuple[int, list[tuple[str, str]], bytes]  # status, headers, body
TEXTS = {".css", ".js", ".json", ".svg"}


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Renames `import "./x.js"` inside our ES modules too, so that a module never meets an older sibling."""

    support_js_module_import_aggregation = True


class StaticFiles(WhiteNoiseMiddleware):
    """Embedded, files are served from the sources, beside which there is nothing compressed: that is kept in var/."""

    def at(self, path: str) -> StaticFile | None:
        return self.find_file(path) if self.autorefresh else self.files.get(path)

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        file = super().get_static_file(path, url, stat_cache)
        if PRODUCTION or Path(path).suffix not in TEXTS:
            return file
        _, _, headers = file.alternatives[-1]
        return StaticFile(path, list(headers), encodings={"gzip": str(compressed(Path(path)))})


@cache
def files() -> StaticFiles:
    """They are looked for once, however often Django builds its middleware."""
    return StaticFiles()


def static_files(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if (file := files().at(request.path_info)) is None:
            return get_response(request)
        status, headers, body = answer(file, str(request.method), request.META)
        response = HttpResponse(body, status=status)
        del response["Content-Type"]  # Django's; that a file was not changed has none
        for name, value in headers:
            response[name] = value
        return response

    return middleware


def answer(file: StaticFile, method: str, asked: Mapping[str, str]) -> Answer:
    """All of it at once: they are small, and the system keeps them in memory."""
    found = file.get_response(method, asked)
    with found.file or nullcontext() as opened:
        return int(found.status), list(found.headers), opened.read() if opened else b""


def compressed(path: Path) -> Path:
    """The gzip of this version of the file, made when first asked for; another process may be making the same."""
    state = path.stat()
    version = hashlib.sha256(f"{path}:{state.st_mtime_ns}:{state.st_size}".encode()).hexdigest()[:32]
    made = VAR / "compressed" / f"{version}.gz"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        making = made.with_suffix(f".{os.getpid()}")
        making.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        making.replace(made)
    return made


class NoteCookie(CookieStorage):
    cookie_name = "__Host-notes" if settings.SESSION_COOKIE_SECURE else "notes"


class Notes(FallbackStorage):
    storage_classes = (NoteCookie, SessionStorage)
