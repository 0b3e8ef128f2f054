"""Token buckets, in Redis for all processes together; in this process without one, or while it is out of reach.

Libraries count well for one key (limits, throttled-py), or read and write in several steps (django-ratelimit, allauth). A
request here asks two buckets, of a person and of an address, in one round trip: both give, or neither does. And when Redis is
away, the answer must be neither an error nor "everything goes".

A bucket is one number (GCRA): when it will be full again. Each token puts that off by period / amount; where it would be put
off beyond one period from now, nothing is given. So an unused bucket is no entry at all.
"""

import logging
import threading
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.cache import caches
from redis.exceptions import RedisError

from chatpoc.cache import SharedRedisCache, hurried_client
from chatpoc.limits.table import Rate

logger = logging.getLogger(__name__)

MOST = 100_000  # buckets in this process' memory, about 15 MB; then those that were used longest ago are forgotten
AWAY = 1.0  # seconds that a Redis which did not answer is not asked again: each try may cost its whole patience
EXACT = 1e-6  # seconds; what adding up fractions may be off

# By Redis' own clock, which is the same for all. A number further ahead than a bucket can be is from before that clock was set
# back, or from a longer period: it counts for nothing, else somebody would be locked out until the clock is there again.
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full, wait = {}, 0
for i, key in ipairs(KEYS) do
  local amount, period = tonumber(ARGV[2 * i - 1]), ARGV[2 * i] * 1000000
  full[i] = tonumber(redis.call('GET', key) or 0)
  if full[i] < now or full[i] > now + period then full[i] = now end
  full[i] = full[i] + period / amount
  wait = math.max(wait, full[i] - now - period)
end
if wait >= 1 then return math.ceil(wait) end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000))
end
return 0
"""


class Bucket(NamedTuple):
    key: str
    rate: Rate


class Buckets:
    """Of this process, by a clock that nobody sets."""

    def __init__(self) -> None:
        self._full_at: dict[str, float] = {}  # the last used last
        self._lock = threading.Lock()

    def take(self, buckets: Sequence[Bucket]) -> float:
        """One from each, or none from any. Returns the seconds until that may work; 0 when it did."""
        with self._lock:
            now = time.monotonic()
            full = {key: self._full(key, rate, now) + rate.period / rate.amount for key, rate in buckets}
            wait = max((full[key] - now - rate.period for key, rate in buckets), default=0.0)
            if wait > EXACT:
                return wait
            for key, at in full.items():
                self._full_at.pop(key, None)
                self._full_at[key] = at
            while len(self._full_at) > MOST:
                del self._full_at[next(iter(self._full_at))]
        return 0.0

    def _full(self, key: str, rate: Rate, now: float) -> float:
        at = self._full_at.get(key, now)
        return at if now < at <= now + rate.period + EXACT else now

    def forget(self) -> None:
        self._full_at.clear()


here = Buckets()
_away_until = 0.0


def take(buckets: Sequence[Bucket]) -> float:
    """As `Buckets.take`, for all processes together."""
    global _away_until  # noqa: PLW0603  (all threads of this process find out together)
    cache = caches["live"]
    if not buckets or not isinstance(cache, SharedRedisCache) or time.monotonic() < _away_until:
        return here.take(buckets)
    try:
        waits = _script(cache.server)(
            keys=[cache.make_key(bucket.key) for bucket in buckets],
            args=[number for bucket in buckets for number in bucket.rate],
        )
    except RedisError as error:
        logger.warning("Redis does not count (%s): each process limits for itself.", error)
        _away_until = time.monotonic() + AWAY
        return here.take(buckets)
    return int(waits) / 1_000_000


@lru_cache
def _script(server: str) -> Any:
    return hurried_client(server).register_script(SCRIPT)
