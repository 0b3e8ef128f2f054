"""The cache that other packages use: without Redis it forgets, and what counts on it (a limit on guesses) lets pass.

The live engine uses the alias `live`, which tells when it is out of reach.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def _try(work: Callable[..., Any], *args: Any, without: Any, **kwargs: Any) -> Any:
    try:
        return work(*args, **kwargs)
    except RedisError as error:
        logger.warning("The cache is out of reach (%s).", error)
        return without


class ForgetfulRedisCache(RedisCache):
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
