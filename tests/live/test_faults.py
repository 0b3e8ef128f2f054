"""A tag becomes stale at the worst moment of a watch, or while the cache is down: who looks is told, and fetches the truth."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from accounts.models import User
from chat.models import Room
from chatpoc.live import invalidation, outbox, versions
from chatpoc.live.hub import current_hub
from chatpoc.live.models import Outbox
from chatpoc.live.subscriptions import Subscriptions
from chatpoc.live.threads import in_thread
from tests.live.conftest import Connect, Socket
from tests.live.test_fragments import HX, made_from


class Page:
    """One fragment on a page, doing what live.js does: it watches, and fetches what is stale."""

    def __init__(self, socket: Socket, client: Client, url: str) -> None:
        self.socket, self.client, self.url = socket, client, url
        self.html = self.ptag = ""

    async def fetch(self) -> None:
        answer: Any = await in_thread(lambda: self.client.get(self.url, headers=HX | {"HX-PTag": self.ptag}))
        if answer.status_code == 200:
            self.html, self.ptag = answer.content.decode(), answer["HX-PTag"]

    async def watch(self) -> None:
        await self.heard(await self.socket.ask({"watch": made_from(self.html)}))

    async def follow(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        while (left := ends - loop.time()) > 0:
            if not await self.socket.receive_nothing(left):
                await self.heard(await self.socket.hear())

    async def heard(self, frame: dict[str, Any]) -> None:
        mine = made_from(self.html)
        if any(tag in mine and mine[tag] != version for tag, version in frame.get("stale", {}).items()):
            await self.fetch()


@pytest.fixture
async def page(connect: Connect, direct: Room, as_alice: Client, alice_key: str) -> Page:
    found = Page(await connect(alice_key), as_alice, f"/rooms/{direct.pk}/header/")
    await found.fetch()
    assert "Bob Okafor" in found.html
    return found


async def rename(bob: User, name: str) -> None:
    bob.name = name
    await in_thread(bob.save)


async def test_a_write_between_the_reading_and_the_watch(page: Page, bob: User) -> None:
    await rename(bob, "Robert")
    await page.watch()
    assert "Robert" in page.html


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_write_while_the_socket_subscribes(
    page: Page, bob: User, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    join = Subscriptions.join

    async def slow_join(self: Subscriptions, socket: Any, topics: set[str]) -> None:
        if moment == "before":
            await rename(bob, "Robert")
        await join(self, socket, topics)
        if moment == "after":
            await rename(bob, "Robert")

    monkeypatch.setattr(Subscriptions, "join", slow_join)
    await page.watch()
    await page.follow(0.5)
    assert "Robert" in page.html


async def test_a_fence_that_overtakes_its_subscription_costs_no_second(
    page: Page, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They travel on two connections to Redis: on a busy machine one page in twenty or so waited for a second."""
    layer = current_hub()._layer
    send, lost = layer.group_send, set[str]()

    async def lose_the_first(group: str, message: dict[str, Any]) -> None:
        if message["type"] != "fence" or group in lost:
            await send(group, message)
        lost.add(group)

    monkeypatch.setattr(layer, "group_send", lose_the_first)
    await rename(bob, "Robert")
    began = asyncio.get_running_loop().time()
    await page.watch()
    assert "Robert" in page.html
    assert lost, "some were"
    assert asyncio.get_running_loop().time() - began < 0.8


DOWN = {
    "it cannot be written": ("set", "set_many", "add"),
    "it cannot be read": ("get", "get_many"),
    "it is gone": ("get", "get_many", "set", "set_many", "add"),
}


@contextmanager
def cache_down(methods: tuple[str, ...]) -> Iterator[None]:
    """For the engine alone: other packages have a cache that forgets."""

    class Broken:
        def __getattr__(self, name: str) -> Any:
            if name in methods:
                raise ConnectionError("on purpose")
            return getattr(caches["live"], name)

    with pytest.MonkeyPatch.context() as patch:
        for module in ("versions", "fragments"):
            patch.setattr(f"chatpoc.live.{module}.caches", {"live": Broken()})
        yield


@pytest.mark.parametrize("down", DOWN)
@pytest.mark.parametrize("fetched_meanwhile", [True, False], ids=["fetched meanwhile", "only watched"])
async def test_a_write_while_the_cache_is_down_shows_within_a_second_of_its_return(
    page: Page, bob: User, down: str, *, fetched_meanwhile: bool
) -> None:
    await page.watch()
    with cache_down(DOWN[down]):
        await rename(bob, "Robert")  # and it is no error
        if fetched_meanwhile:
            await page.fetch()
        await page.follow(0.7)
    await page.follow(1)
    assert "Robert" in page.html
    await rename(bob, "Rob")
    await page.follow(0.5)
    assert "Rob<" in page.html, "and it goes on to follow"


async def test_a_write_just_before_the_cache_is_flushed(page: Page, bob: User) -> None:
    await page.watch()
    await rename(bob, "Robert")
    await in_thread(caches["live"].clear)
    await page.follow(0.5)
    assert "Robert" in page.html
    await rename(bob, "Rob")
    await page.follow(0.5)
    assert "Rob<" in page.html


async def test_a_command_that_ends_before_the_cache_is_back_leaves_what_it_could_not_renew_to_a_server(
    transactional_db: None, as_alice: Client, direct: Room, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a page would be told for ever that nothing has changed."""

    def gone(_: object) -> None:
        raise ConnectionError

    first = await in_thread(lambda: as_alice.get(f"/rooms/{direct.pk}/header/", headers=HX))
    with monkeypatch.context() as without:
        without.setattr("chatpoc.live.versions.renew", gone)
        without.setattr("chatpoc.live.invalidation.threading.Timer.start", lambda _: None)
        without.setattr("chatpoc.live.invalidation.running_hub", lambda: None)
        await rename(bob, "Robert")
    invalidation._waiting.clear()

    def again() -> int:
        answer = as_alice.get(f"/rooms/{direct.pk}/header/", headers=HX | {"HX-PTag": first["HX-PTag"]})
        return int(answer.status_code)

    assert await in_thread(again) == 304, "it is not known yet"
    renew, renewed_in = versions.renew, list[str]()

    def noting(names: set[str]) -> None:
        renewed_in.append(threading.current_thread().name)
        renew(names)

    monkeypatch.setattr("chatpoc.live.versions.renew", noting)
    await outbox.collect()
    assert renewed_in[0].startswith("live"), "on the loop a cache that hangs would hold up everyone"
    assert await in_thread(again) == 200
    assert not await in_thread(Outbox.objects.exists)
