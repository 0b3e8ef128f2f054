"""What a request may not do for each thread, since under ASGI each request has a thread of its own."""

import inspect
import pickle
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches

from chatpoc.asgi import Pages
from chatpoc.cache import ForgetfulRedisCache, SharedRedisCache


def test_caches_of_one_redis_share_a_client_and_others_do_not() -> None:
    one, other = (SharedRedisCache("redis://127.0.0.1:1/0", {}) for _ in range(2))
    assert one._cache.get_client() is other._cache.get_client()
    assert one._cache is ForgetfulRedisCache("redis://127.0.0.1:1/0", {})._cache
    assert one._cache is not SharedRedisCache("redis://127.0.0.1:1/1", {})._cache


def test_whoever_writes_to_redis_runs_nothing_here() -> None:
    client: Any = SharedRedisCache("redis://127.0.0.1:1/0", {})._cache
    plain = client._serializer
    for value in (0, -3, 7.5, "7", "ö", "", None, True, False, [1.5, "a"], {"a": [None]}):
        stored = plain.dumps(value)
        back = plain.loads(stored if isinstance(stored, bytes) else str(stored).encode())
        assert (back, type(back)) == (value, type(value))
    for pickled in (pickle.dumps(Attack()), pickle.dumps("fine")):
        with pytest.raises(ValueError, match=r"."):
            plain.loads(pickled)


class Attack:
    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("it ran",)


@pytest.mark.skipif(settings.LIVE_OUTBOX, reason="embedded: the cache is in this process")
def test_threads_after_one_another_use_one_connection_to_redis() -> None:
    client: Any = SharedRedisCache(settings.CACHES["live"]["LOCATION"], {})._cache.get_client()
    caches["live"].get("x")
    made = len(client.connection_pool._available_connections)
    for _ in range(5):
        thread = Thread(target=lambda: caches["live"].get("x"))
        thread.start()
        thread.join()
    assert len(client.connection_pool._available_connections) == made


def test_a_request_goes_to_its_thread_once() -> None:
    assert not inspect.iscoroutinefunction(vars(Pages())["_middleware_chain"])
