"""What a process keeps because making it again costs more: the values that were used last, and no more than that."""

import threading
from typing import Generic, TypeVar
from weakref import WeakSet

K = TypeVar("K")
V = TypeVar("V")

_all: "WeakSet[Memory[object, object]]" = WeakSet()


class Memory(Generic[K, V]):
    """Shared by all threads. It says nothing of whether a value is still true: that is for the key to say."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: dict[K, V] = {}  # the last used last
        self._lock = threading.Lock()
        _all.add(self)  # type: ignore[arg-type]

    def get(self, key: K) -> V | None:
        with self._lock:
            if (value := self._kept.pop(key, None)) is not None:
                self._kept[key] = value
            return value

    def keep(self, key: K, value: V) -> None:
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = value
            while len(self._kept) > self.most:
                del self._kept[next(iter(self._kept))]

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()


def forget_all() -> None:
    """For tests, whose databases come and go."""
    for memory in list(_all):
        memory.forget()
