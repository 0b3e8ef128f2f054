"""Whether this process can do its work. Load balancers ask again and again, and anybody may: nobody can make it a load.

Each check is asked once at a time, and at most once in KEPT seconds. One that hangs is said to, and not waited for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import module_has_submodule

from chatpoc.database import trouble
from chatpoc.live.reaching import ask_layer
from chatpoc.live.threads import in_thread

TIMEOUT = 2.0  # seconds; who asks waits for five mostly
KEPT = 1.0  # seconds for which an answer is good

THREAD = ThreadPoolExecutor(1, thread_name_prefix="readiness")  # of a database that hangs, this one waits and no other

_draining = [False]


def drain() -> None:
    """From now on this process wants nobody new."""
    _draining[0] = True


def is_draining() -> bool:
    return _draining[0]


class Check:
    """`ask` returns what is the matter, or nothing; what it raises is the matter, too."""

    def __init__(self, ask: Callable[[], Awaitable[str]]) -> None:
        self.ask = ask
        self._asked: asyncio.Task[str] | None = None
        self._began = self._ended = 0.0

    async def trouble(self) -> str:
        loop = asyncio.get_running_loop()
        asked = self._asked
        if not asked or asked.get_loop() is not loop or (asked.done() and loop.time() - self._ended > KEPT):
            self._began = loop.time()
            asked = self._asked = loop.create_task(self._ask())
        if not asked.done() and (left := self._began + TIMEOUT - loop.time()) > 0:
            await asyncio.wait({asked}, timeout=left)
        return asked.result() if asked.done() else f"no answer within {TIMEOUT:g} s"

    async def _ask(self) -> str:
        """The words of a driver may quote its address, and name its user."""
        try:
            return await self.ask()
        except Exception as error:  # noqa: BLE001  (whatever a driver raises)
            return f"out of reach ({trouble(error) or type(error).__name__})"
        finally:
            self._ended = asyncio.get_running_loop().time()


class Readiness:
    def __init__(self) -> None:
        self.checks = {
            "database": Check(lambda: in_thread(_database, pool=THREAD)),
            "migrations": Check(lambda: in_thread(_migrations, pool=THREAD)),
            "layer": Check(ask_layer),
        }

    async def troubles(self) -> dict[str, str]:
        """What keeps this process from its work, by what it concerns."""
        found = await asyncio.gather(*(check.trouble() for check in self.checks.values()))
        told = {name: why for name, why in zip(self.checks, found, strict=True) if why}
        return ({"process": "it is about to stop"} if is_draining() else {}) | told


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


_complete = [False]  # once they are applied they stay so


def _migrations() -> str:
    if not _complete[0]:
        missing = len(_known() - MigrationRecorder(connection).applied_migrations().keys())
        _complete[0] = not missing
        return f"{missing} to be applied: manage.py migrate" if missing else ""
    return ""


@cache
def _known() -> frozenset[tuple[str, str]]:
    """By the names of their files: to load them takes a tenth of a second and some MB."""
    found: set[tuple[str, str]] = set()
    for app in apps.get_app_configs():
        if app.module and module_has_submodule(app.module, "migrations"):
            package = import_module(f"{app.name}.migrations")
            found |= {(app.label, each.name) for each in iter_modules(package.__path__) if each.name[0] not in "_~"}
    return frozenset(found)
