"""Buckets in Redis, and in a process: exact, together or not at all, and right again whatever the clock or Redis does."""

import os
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import caches

from chatpoc.limits import buckets
from chatpoc.limits.buckets import Bucket, Buckets
from chatpoc.limits.table import Rate

SLOW = Rate(10, 3600)
shared = pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="without Redis each process counts for itself")


@pytest.fixture(autouse=True)
def _nothing_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "_away_until", 0.0)


def took(bucket: Bucket, times: int) -> int:
    return sum(buckets.take([bucket]) == 0 for _ in range(times))


def redis() -> Any:
    return caches["live"]._cache.get_client(write=True)  # type: ignore[attr-defined]


def test_a_bucket_gives_its_burst_and_then_says_how_long_it_takes() -> None:
    bucket = Bucket("limit:test:a", Rate(5, 50))
    assert took(bucket, 5) == 5
    assert 9 < buckets.take([bucket]) <= 10
    assert 9 < buckets.take([bucket]) <= 10, "asking again costs nothing"


def test_after_that_long_it_gives_one_more() -> None:
    bucket = Bucket("limit:test:b", Rate(2, 2))
    assert took(bucket, 2) == 2
    time.sleep(buckets.take([bucket]) + 0.005)
    assert took(bucket, 2) == 1


def test_fifty_at_once_get_exactly_the_burst() -> None:
    bucket = Bucket("limit:test:c", SLOW)
    with ThreadPoolExecutor(50) as pool:
        waits = list(pool.map(lambda _: buckets.take([bucket]), range(50)))
    assert Counter(wait == 0 for wait in waits) == {True: 10, False: 40}


def test_one_of_two_that_has_nothing_left_costs_the_other_nothing() -> None:
    """Else a school whose address is used up would use up its pupils too."""
    person, address = Bucket("limit:test:person", SLOW), Bucket("limit:test:address", Rate(1, 3600))
    assert buckets.take([person, address]) == 0
    assert [buckets.take([person, address]) > 0 for _ in range(20)] == [True] * 20
    assert took(person, 20) == 9


def test_the_longer_wait_is_told() -> None:
    both = [Bucket("limit:test:short", Rate(1, 10)), Bucket("limit:test:long", Rate(1, 100))]
    assert buckets.take(both) == 0
    assert 95 < buckets.take(both) <= 100


def test_nothing_to_ask_is_nothing_to_wait_for() -> None:
    assert buckets.take([]) == 0


def test_a_third_does_not_add_up_to_a_lost_one() -> None:
    assert took(Bucket("limit:test:d", Rate(3, 3599)), 9) == 3
    assert took(Bucket("limit:test:e", Rate(7, 3599)), 9) == 7


def test_the_memory_of_a_process_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "MOST", 100)
    own = Buckets()
    own.take([Bucket("mine", Rate(1, 60))])
    for number in range(250):
        own.take([Bucket(f"address:{number}", Rate(1, 60))])
        assert own.take([Bucket("mine", Rate(2, 60))]) >= 0, "in use, so not forgotten"
    assert len(own._full_at) == 100
    assert own.take([Bucket("address:249", Rate(1, 60))]) > 0
    assert own.take([Bucket("address:1", Rate(1, 60))]) == 0


def test_the_clock_of_the_wall_does_not_matter_to_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    own, bucket = Buckets(), Bucket("x", Rate(2, 60))
    own.take([bucket])
    for jump in (3600, -3600):
        now = time.time() + jump
        monkeypatch.setattr(time, "time", lambda now=now: now)
        assert own.take([bucket]) <= 30


@shared
def test_all_of_it_is_one_round_trip() -> None:
    """MONITOR would be a guess about timing; Redis counts the commands that came."""
    pair = [Bucket("limit:test:f", SLOW), Bucket("limit:test:g", SLOW)]
    buckets.take(pair)  # connects, and loads the script
    before = redis().info("commandstats")
    for _ in range(5):
        buckets.take(pair)
    after = redis().info("commandstats")
    calls = {name: after[name]["calls"] - before.get(name, {"calls": 0})["calls"] for name in after}
    assert calls["cmdstat_evalsha"] == 5
    assert calls.get("cmdstat_eval", 0) == calls.get("cmdstat_script|load", 0) == 0


@shared
@pytest.mark.parametrize("off", [-3600, -1, 3600])
def test_a_redis_whose_clock_jumps_locks_nobody_out(off: int) -> None:
    """As if the buckets had been written by the clock before it jumped."""
    bucket = Bucket("limit:test:h", Rate(5, 10))
    key = caches["live"].make_key(bucket.key)
    took(bucket, 5)
    redis().set(key, int((time.time() - off + 10) * 1e6))
    waits = []
    for _ in range(3):
        waits.append(buckets.take([bucket]))
        time.sleep(min(waits[-1], 0.1))
    assert max(waits) <= 10
    if abs(off) > 10:
        assert waits == [0, 0, 0]


@shared
def test_a_bucket_that_is_full_again_is_no_longer_kept() -> None:
    bucket = Bucket("limit:test:i", Rate(10, 1))
    buckets.take([bucket])
    key = caches["live"].make_key(bucket.key)
    assert 0 < redis().pttl(key) <= 100
    time.sleep(0.15)
    assert not redis().exists(key)


@shared
def test_a_flushed_redis_that_lost_the_script_is_told_it_again() -> None:
    bucket = Bucket("limit:test:j", SLOW)
    buckets.take([bucket])
    redis().flushall()
    redis().script_flush()
    assert took(bucket, 12) == 10


@pytest.fixture
def nobody_there(settings: Any) -> Iterator[None]:
    """The address of a Redis where nothing listens."""
    caches_before = settings.CACHES
    away = {"BACKEND": "chatpoc.cache.SharedRedisCache", "LOCATION": "redis://127.0.0.1:1/0", "KEY_PREFIX": "x"}
    settings.CACHES = {**caches_before, "live": away}
    yield
    settings.CACHES = caches_before


def test_without_redis_a_process_limits_for_itself(nobody_there: None, caplog: pytest.LogCaptureFixture) -> None:
    bucket = Bucket("limit:test:k", SLOW)
    started = time.monotonic()
    assert took(bucket, 50) == 10
    assert time.monotonic() - started < 1, "it is not asked again at each request"
    assert caplog.text.count("Redis does not count") == 1


def test_a_redis_that_hangs_holds_requests_up_for_a_moment_only(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes connections, and never says a word
        url = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        live = {"BACKEND": "chatpoc.cache.SharedRedisCache", "LOCATION": url}
        settings.CACHES = {**settings.CACHES, "live": live}
        started = time.monotonic()
        assert took(Bucket("limit:test:l", SLOW), 20) == 10
        assert time.monotonic() - started < 2.5
