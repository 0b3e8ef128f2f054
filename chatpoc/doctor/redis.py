"""What the processes share: the layer, the cache, and the Redis behind both."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.cache import caches

from chatpoc.doctor import Finding, check, doubtful, well, wrong
from chatpoc.doctor.clock import compared
from chatpoc.live.echo import hear_oneself

START = "Start Redis, and look at REDIS_URL: host, port, password. `redis-cli -u … ping` says more."
OLDEST = 6
SLOW = 0.02  # seconds of a round trip
FULL = 0.9  # of maxmemory
PINGS = 15
SHORT = 1  # seconds until what the cache is given is over


def addresses() -> list[str]:
    """Those of REDIS_URL, and CACHE_URL; none where all is in this process's memory."""
    kept = str(settings.CACHES["live"].get("LOCATION", ""))
    layer = settings.CHANNEL_LAYERS["default"].get("CONFIG", {}).get("hosts", [])
    return list(dict.fromkeys([*layer, *([kept] if "://" in kept else [])]))


def client(address: str) -> Any:
    import redis

    return redis.Redis.from_url(
        address, socket_timeout=60, socket_connect_timeout=60
    )  # the check's own limit is shorter


@check("redis", cure=START)
def redis_itself() -> Iterator[Finding]:
    several = addresses()
    if not several:
        yield well("There is no Redis, and none is needed: this is one server process with all in its memory.")
    for address in several:
        with client(address) as redis:
            for finding in about(redis):
                which = f"{urlsplit(address).netloc.rpartition('@')[2]}: " if len(several) > 1 else ""
                yield replace(finding, text=which + finding.text)


def about(redis: Any) -> Iterator[Finding]:
    info = redis.info()
    yield version(str(info["redis_version"]))
    yield latency(redis)
    yield memory(info)
    yield compared("Redis", lambda: in_seconds(*redis.time()))


def in_seconds(seconds: int, micros: int) -> float:
    return seconds + micros / 1e6


def version(number: str) -> Finding:
    if int(number.partition(".")[0]) < OLDEST:
        return doubtful(f"Redis {number} is old, and gets no fixes.", f"Install {OLDEST} or newer.")
    return well(f"Redis {number} answers.")


def latency(redis: Any) -> Finding:
    times = []
    for _ in range(PINGS):
        began = time.monotonic()
        redis.ping()
        times.append(time.monotonic() - began)
    text = f"A round trip takes {statistics.median(times) * 1000:.1f} ms, the longest of {PINGS} {max(times) * 1000:.1f} ms."
    if statistics.median(times) > SLOW:
        return doubtful(text, "Move it nearer, or look what else it does: redis-cli --latency.")
    return well(text)


def memory(info: dict[str, Any]) -> Finding:
    """Nothing in it cannot be lost, so to throw out what is old is better than to refuse what is new."""
    most, used, policy = int(info["maxmemory"]), int(info["used_memory"]), str(info["maxmemory_policy"])
    if not most:
        return well(f"It uses {used / (1 << 20):,.0f} MB, and has no limit (maxmemory).")
    text = f"It uses {used / most:.0%} of {most / (1 << 20):,.0f} MB; when that is full, its policy is {policy}."
    if policy == "noeviction":
        return doubtful(
            text + " Then it refuses to write.", "CONFIG SET maxmemory-policy allkeys-lru, and in redis.conf."
        )
    return doubtful(text, "Raise maxmemory.") if used > most * FULL else well(text)


@check("layer", needs="redis", cure=START)
def layer() -> Iterator[Finding]:
    took = asyncio.run(hear_oneself())
    if not addresses():
        yield well(
            "The layer is the memory of each process: there can be one server process. What commands write reaches it through "
            "the database (live_outbox), within a quarter of a second. Several processes need REDIS_URL."
        )
    else:
        yield well(f"What is said to the layer is heard again after {took * 1000:.1f} ms.")


@check("cache", needs="redis", cure=START)
def cache() -> Iterator[Finding]:
    kept, key, word = caches["live"], f"doctor:{uuid4().hex}", uuid4().hex
    kept.set(key, word, SHORT)
    if kept.get(key) != word:
        yield wrong(
            "The cache does not give back what it was given.", "It may be full: look at maxmemory and its policy."
        )
        return
    time.sleep(SHORT + 0.1)
    if kept.get(key) is not None:
        kept.delete(key)
        yield wrong("The cache keeps what should be over: limits and codes would last for ever.", "Look at its clock.")
        return
    yield well("The cache keeps what it is given, and forgets it in time.")
