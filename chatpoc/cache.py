"""The caches on Redis: one client for the process; and one that does not fail.

The cache that other packages use forgets without Redis, and what counts on it (a limit on guesses) lets pass. The live engine
uses the alias `live`, which tells when it is out of reach.
"""

import json
import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError  # noqa: A004  (theirs)
from redis.retry import Retry

logger = logging.getLogger(__name__)

_json = json.JSONDecoder().decode  # json.loads first looks which of five encodings it may be

HURRY = 0.5  # seconds that a hurried client waits for an answer


class Plain:
    """Values as JSON. Django would pickle them, and so let whoever can write to Redis run what they like in every process."""

    def dumps(self, value: Any) -> int | str:
        return value if type(value) is int else json.dumps(value)  # Redis itself counts up numbers that are whole

    def loads(self, stored: bytes) -> Any:
        """Raises ValueError for what is no JSON."""
        return _json(stored.decode())


class SharedClient(RedisCacheClient):
    """Django makes a client for each command, which costs as much as the command."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, serializer="chatpoc.cache.Plain", **options)
        self._writes, self._reads = super().get_client(write=True), super().get_client()

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        return self._writes if write else self._reads


class SharedRedisCache(RedisCache):
    """Django keeps a cache for each thread, and under ASGI each request has a thread of its own: it would connect anew."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.server = server
        self._cache = _client(server)


@lru_cache
def _client(server: str) -> SharedClient:
    """Of this process; threads may share its pool of connections."""
    return SharedClient([server])


@lru_cache
def hurried_client(server: str) -> Redis:
    """For what every request asks, and can do without: a Redis that hangs must not hold them all up."""
    return SharedClient(
        [server],
        socket_timeout=HURRY,
        socket_connect_timeout=HURRY,
        retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
    ).get_client()


def _try(work: Callable[..., Any], *args: Any, without: Any, **kwargs: Any) -> Any:
    try:
        return work(*args, **kwargs)
    except RedisError as error:
        logger.warning("The cache is out of reach (%s).", error)
        return without


class ForgetfulRedisCache(SharedRedisCache):
    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _try(super().get, key, default, version, without=default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        _try(super().set, *args, without=None, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_try(super().add, *args, without=True, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_try(super().delete, *args, without=False, **kwargs))

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_try(super().touch, *args, without=False, **kwargs))
