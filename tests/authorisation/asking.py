"""One request as somebody, and what came of it. Whatever it wrote is taken back."""

import hashlib
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client

from accounts.middleware import noted
from tests.authorisation.people import World
from tests.conftest import Statements

HX = {"HX-Request": "true"}
NOTES = {"sessions.Session"}  # what a request notes about itself; who signs in or out changes UserSession, too


@dataclass(frozen=True)
class Answer:
    status: int
    leads: str
    body: str
    headers: dict[str, str]
    changed: bool  # anything in the database
    statements: tuple[str, ...] = field(repr=False)


class Asking:
    def __init__(self, world: World) -> None:
        self.world = world
        self.client = Client(raise_request_exception=False)
        self.again()

    def again(self) -> None:
        """The world is another now: nothing is changed that is as it is."""
        self.before = fingerprint()

    def __call__(
        self, who: str, method: str, path: str, data: Any = None, *, headers: dict[str, str] | None = None
    ) -> Answer:
        self._arrive(who)
        seen = Statements()
        with transaction.atomic():
            with connection.execute_wrapper(seen):
                response = getattr(self.client, method.lower())(path, data, headers=headers or {})
            changed = bool(seen.writes) and fingerprint() != self.before
            transaction.set_rollback(True)
        return answer_of(response, seen, changed=changed)

    def _arrive(self, who: str) -> None:
        """With nothing left of the last request: no cookie, no limit that it used up."""
        caches["default"].clear()
        key = self.world.sessions.get(who)
        self.client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: key} if key else {})
        if key:
            caches["default"].set(noted(key), 1)


def answer_of(response: HttpResponseBase, seen: Statements, *, changed: bool) -> Answer:
    content = b"".join(response) if response.streaming else getattr(response, "content", b"")
    return Answer(
        response.status_code,
        response.get("Location", ""),
        content.decode(errors="replace"),
        dict(response.headers),
        changed,
        tuple(seen.seen),
    )


def fingerprint() -> str:
    """Of every row of every table."""
    digest = hashlib.sha256()
    for model in apps.get_models():
        if model._meta.label not in NOTES:
            digest.update(repr(sorted(model._base_manager.values_list(), key=repr)).encode())
    return digest.hexdigest()
