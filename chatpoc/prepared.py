"""A query that Django builds and compiles once in each thread, and asks again with other numbers. To build it anew takes longer
than the database needs for it (docs/benchmarks/speed.md)."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

M = TypeVar("M", bound=Model)

MARKS = (7_130_000_001, 7_130_000_002, 7_130_000_003)  # stand for the numbers while it is compiled


class Prepared(Generic[M]):
    """`build(*numbers)` is the query, the same whatever the numbers are: nothing may depend on them but values."""

    def __init__(self, build: Callable[..., "QuerySet[M]"], numbers: int) -> None:
        self.build, self.marks = build, MARKS[:numbers]

    def first(self, *numbers: int) -> M | None:
        compiler, sql, params = self._compiled()
        given = dict(zip(self.marks, numbers, strict=True))
        asked = sql, tuple(given.get(value, value) for value in params)
        compiler.as_sql = lambda *_, **__: asked
        query = SimpleNamespace(get_compiler=lambda **_: compiler)
        queryset: Any = SimpleNamespace(
            db=DEFAULT_DB_ALIAS, query=query, model=compiler.query.model, _known_related_objects={}
        )
        return next(iter(ModelIterable(queryset)), None)

    def _compiled(self) -> tuple[Any, str, tuple[Any, ...]]:
        """Kept by the connection, which is this thread's and goes with it."""
        here: Any = connections[DEFAULT_DB_ALIAS]
        kept: dict[Prepared[M], Any] = here.__dict__.setdefault("prepared", {})
        if self not in kept:
            compiler = self.build(*self.marks).query.get_compiler(connection=here)
            sql, params = compiler.as_sql()
            assert set(self.marks) <= set(params), "A number is no value of the statement."  # noqa: S101
            kept[self] = compiler, sql, tuple(params)
        found: tuple[Any, str, tuple[Any, ...]] = kept[self]
        return found
