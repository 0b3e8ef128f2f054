"""What a process keeps because making it again costs more: the values that were used last, and no more than that."""

import sys
import threading
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Generic, TypeVar
from weakref import WeakSet

K = TypeVar("K")
V = TypeVar("V")

_all: "WeakSet[Memory[object, object]]" = WeakSet()


class Memory(Generic[K, V]):
    """Shared by all threads. It says nothing of whether a value is still true: that is for the key to say.

    As many as `most`, and of what people write no more than `megabytes`: with one emoji a text takes four bytes a character.
    """

    def __init__(self, most: int, megabytes: float) -> None:
        self.most, self.room = most, int(megabytes * 1_000_000)
        self.size = 0  # bytes of all that is kept, about
        self._kept: dict[K, tuple[V, int]] = {}  # value and size, the last used last
        self._lock = threading.Lock()
        _all.add(self)  # type: ignore[arg-type]

    def get(self, key: K) -> V | None:
        with self._lock:
            if (found := self._kept.pop(key, None)) is None:
                return None
            self._kept[key] = found
            return found[0]

    def keep(self, key: K, value: V) -> None:
        size = size_of(key) + size_of(value)
        with self._lock:
            self._let_go(key)
            if size > self.room:
                return
            self._kept[key] = value, size
            self.size += size
            while len(self._kept) > self.most or self.size > self.room:
                self._let_go(next(iter(self._kept)))

    def _let_go(self, key: K) -> None:
        _, size = self._kept.pop(key, (None, 0))
        self.size -= size

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()
            self.size = 0


def forget_all() -> None:
    """For tests, whose databases come and go."""
    for memory in list(_all):
        memory.forget()


def size_of(thing: object) -> int:
    """Bytes, about: of texts and what holds them; anything else is small, or somebody else's."""
    if isinstance(thing, str | bytes):
        return sys.getsizeof(thing)
    if isinstance(thing, Mapping):
        return sys.getsizeof(thing) + sum(size_of(key) + size_of(value) for key, value in thing.items())
    if isinstance(thing, tuple | list | set | frozenset):
        return sys.getsizeof(thing) + sum(size_of(each) for each in thing)
    if is_dataclass(thing):
        return 100 + sum(size_of(getattr(thing, field.name)) for field in fields(thing))
    return 32
