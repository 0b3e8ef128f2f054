"""What a watch costs the database and the cache, whatever the number of tags."""

from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection

from accounts.models import User
from chat.models import Room
from chatpoc.live import consumer, tags
from tests.conftest import Statements
from tests.live.conftest import Connect

TYPES = ("room", "rooms", "activity", "members", "here", "receipts")


async def test_a_watch_makes_eight_queries_and_two_looks_at_the_cache(
    connect: Connect, direct: Room, alice: User, alice_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, looks = Statements(), []
    get_many = caches["live"].get_many

    def counted(function: Any, *arguments: Any) -> Any:
        with connection.execute_wrapper(seen):
            return function(*arguments)

    def look(keys: set[str]) -> dict[str, str]:
        looks.append(len(keys))
        found: dict[str, str] = get_many(keys)
        return found

    page = await connect(alice_key)
    await page.ask({"watch": {}})
    first, second = consumer._look, tags.versions_now
    monkeypatch.setattr(consumer, "_look", lambda *arguments: counted(first, *arguments))
    monkeypatch.setattr(tags, "versions_now", lambda *arguments: counted(second, *arguments))
    monkeypatch.setattr(type(caches["live"]), "get_many", lambda _, keys, version=None: look(keys))
    wanted = {f"{type_}:{direct.pk}" for type_ in TYPES}
    wanted |= {f"{type_}:{i}" for i in range(1, 40) for type_ in ("people", "presence")}
    wanted |= {f"conversations:{alice.pk}", f"visibility:{alice.pk}", "people"}
    answer = await page.ask({"watch": dict.fromkeys(wanted, "")})
    assert {f"{type_}:{direct.pk}" for type_ in TYPES} < set(answer["watching"])
    assert len(seen.seen) == 8, seen.seen
    assert len(looks) == 2
