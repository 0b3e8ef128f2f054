"""What Django keeps for each request, such as its language, without a lock.

asgiref's Local takes a lock, which all threads share, whenever it is asked; a page asks for its language a hundred times. With
sixteen pages under way, whoever held it lost the interpreter while the others waited: a page cost 177 ms of CPU, and 14 without
(docs/benchmarks/speed.md). A request has a context of its own here (chatpoc.asgi), and a task has one anyway.
"""

from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

from django.core.cache import caches
from django.urls import base as urls
from django.utils import timezone
from django.utils.translation import trans_real


class Local:
    """Of the same use as asgiref's, for the one name that Django gives."""

    def __init__(self, name: str) -> None:
        self._kept: ContextVar[Any] = ContextVar(name)

    @property
    def value(self) -> Any:
        if (kept := self._kept.get(self)) is self:
            raise AttributeError("value")
        return kept

    @value.setter
    def value(self, value: Any) -> None:
        self._kept.set(value)

    @value.deleter
    def value(self) -> None:
        self._kept.set(self)


def start() -> None:
    """For a server: before the first request."""
    holders: dict[str, Any] = {"trans_real._active": trans_real, "timezone._active": timezone}
    holders |= {"urls._prefixes": urls, "urls._urlconfs": urls}
    for name, module in holders.items():
        attribute = name.partition(".")[2]
        assert hasattr(module, attribute), f"Django has no {name} any more."  # noqa: S101
        setattr(module, attribute, Local(name))
    shared: Any = caches
    shared._connections = SimpleNamespace()  # ours may be shared by all threads; Django makes them for each request
