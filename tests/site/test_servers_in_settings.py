"""Several Redis servers, a cache of its own and a replica, as the environment names them: what is wrong is said in words."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatpoc import env

pytestmark = pytest.mark.once

ONE, TWO, THREE = (f"redis://{name}:6379/0" for name in ("one", "two", "three"))
PRIMARY = "postgres://chat:password@localhost/chat"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    def give(**variables: str) -> None:
        monkeypatch.setattr(env.env, "ENVIRON", variables)

    return give


@pytest.mark.parametrize(
    ("urls", "hosts"),
    [
        (ONE, [ONE]),
        (f"{ONE},{TWO}", [ONE, TWO]),
        (f" {TWO} , {ONE},{THREE}", [TWO, ONE, THREE]),
        ("unix:///run/r.sock", None),
    ],
)
def test_the_layer_is_spread_over_all_and_the_cache_is_on_the_first(
    given: Any, urls: str, hosts: list[str] | None
) -> None:
    given(REDIS_URL=urls)
    layer, cache = env.layer_and_cache()
    assert layer["CONFIG"]["hosts"] == (hosts or [urls])
    assert cache["LOCATION"] == (hosts or [urls])[0]


def test_the_cache_has_a_place_of_its_own_if_it_is_given_one(given: Any) -> None:
    given(REDIS_URL=f"{ONE},{TWO}", CACHE_URL=THREE)
    layer, cache = env.layer_and_cache()
    assert layer["CONFIG"]["hosts"] == [ONE, TWO]
    assert cache["LOCATION"] == THREE


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"REDIS_URL": f"{ONE},two:6379"}, "REDIS_URL is not the address of a Redis: REDIS_URL=redis://host:6379/0"),
        ({"REDIS_URL": f"{ONE},"}, "several with commas between"),
        ({"REDIS_URL": "redis://:a,b@one:6379/0"}, "a comma in a password is %2C"),
        ({"REDIS_URL": "redis://one:port/0"}, "REDIS_URL=redis://host:6379/0"),
        ({"REDIS_URL": f"{ONE}, {ONE}"}, "names the same Redis twice"),
        ({"REDIS_URL": f"{ONE},{ONE}/"}, "names the same Redis twice"),
        (
            {"REDIS_URL": ONE, "CACHE_URL": "three:6379"},
            "CACHE_URL is not the address of a Redis: CACHE_URL=redis://host",
        ),
        ({"CACHE_URL": THREE}, "CACHE_URL is set, and REDIS_URL is not"),
    ],
)
def test_what_is_no_redis_is_said_to_be_none(given: Any, variables: dict[str, str], said: str) -> None:
    given(**variables)
    with pytest.raises(ImproperlyConfigured) as refused:
        env.layer_and_cache()
    assert said in str(refused.value)
    assert "a,b" not in str(refused.value)


def test_without_it_there_is_no_replica(given: Any) -> None:
    given(DATABASE_URL=PRIMARY)
    assert env.replica() == {}


def test_a_replica_is_read_only_and_waited_for_by_nobody(given: Any) -> None:
    given(DATABASE_URL=PRIMARY, REPLICA_URL="postgres://chat@two/chat?sslmode=require&options=-c%20work_mem%3D8MB")
    options = env.replica()["replica"]["OPTIONS"]
    assert options["options"] == "-c default_transaction_read_only=on -c statement_timeout=5s -c work_mem=8MB"
    assert options["sslmode"] == "require"
    assert (options["pool"]["timeout"], options["pool"]["min_size"]) == (0.5, 0)


@pytest.mark.parametrize(
    ("primary", "url", "said"),
    [
        (PRIMARY, "sqlite:////srv/chat.sqlite3", "REPLICA_URL=postgres://user:password@host/name"),
        (PRIMARY, "postgres://chat@two", "REPLICA_URL=postgres://user:password@host/name"),
        ("", "postgres://chat@two/chat", "follows the one of DATABASE_URL"),
        (PRIMARY, PRIMARY, "is the same as DATABASE_URL"),
        (PRIMARY, "postgres://chat@two/chat?pgbouncer=transaction", "a replica is read without one"),
    ],
)
def test_what_can_be_no_replica_is_said_to_be_none(given: Any, primary: str, url: str, said: str) -> None:
    given(DATABASE_URL=primary, REPLICA_URL=url)
    with pytest.raises(ImproperlyConfigured) as refused:
        env.replica()
    assert said in str(refused.value)
    assert "password@localhost" not in str(refused.value)
