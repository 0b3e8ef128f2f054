"""Who appears offline cannot be told from who left."""

import asyncio
import json
import time

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.models import Room
from chatpoc.live.threads import in_thread
from presence.models import Connection, LastSeen
from presence.privacy import appear
from tests.live.conftest import Connect
from tests.live.test_fragments import one_token
from tests.presence.conftest import GRACE, quiet, told


async def test_nobody_can_tell(connect: Connect, direct: Room, alice: User, alice_key: str, bob_key: str) -> None:
    """All that Bob's page watches of Alice and their room: it hears that she left, and then nothing at all."""
    presence, here = f"presence:{alice.pk}", f"here:{direct.pk}"
    page, bob = await connect(alice_key), await connect(bob_key)
    await page.ask({"watch": {direct.topic: "0", f"receipts:{direct.pk}": "{}"}})
    tags = {presence: "online", here: "2", f"people:{alice.pk}": "", "people": "", direct.topic: "0"}
    tags |= {f"{type_}:{direct.pk}": "" for type_ in ("rooms", "activity", "members")}
    await bob.ask({"watch": tags})
    assert await quiet(bob)

    hidden_at, began = int(time.time()), time.monotonic()
    await in_thread(lambda: appear(alice, offline=True))
    asked = await connect(bob_key)
    await asked.ask({"watch": {presence: ""}})
    assert await told(asked, presence) == "online", "who leaves is here for a moment, and so is who hides"
    frame = json.loads(await bob.receive_from(3))
    assert frame.keys() == {"state"}, "and no hint that something about her changed"
    assert frame["state"][here] == "1"
    assert time.monotonic() - began > GRACE
    state, _, since = frame["state"][presence].partition(".")
    assert state == "offline"
    assert int(since) - hidden_at in {0, 1}

    await page.say({"typing": {direct.topic: True}})
    await page.say({"active": False})
    second = await connect(alice_key)
    await second.say({"active": True})
    await asyncio.sleep(0.5)
    await second.disconnect()
    await page.disconnect()
    await asyncio.sleep(1)
    assert await quiet(bob)
    assert int((await in_thread(LastSeen.objects.get)).at.timestamp()) == int(since)
    asked = await connect(bob_key)
    await asked.ask({"watch": {presence: "", here: ""}})
    assert json.loads(await asked.receive_from(3)) == {"state": {presence: f"offline.{since}", here: "1"}}


async def test_one_appears_again(connect: Connect, alice: User, alice_key: str, bob_key: str) -> None:
    await in_thread(lambda: appear(alice, offline=True))
    tag = f"presence:{alice.pk}"
    bob, _ = await connect(bob_key), await connect(alice_key)
    await bob.ask({"watch": {tag: ""}})
    assert await told(bob, tag) == "offline"
    await in_thread(lambda: appear(alice, offline=False))
    assert await told(bob, tag) == "online"


async def test_a_shell_hides_too(connect: Connect, alice: User, alice_key: str, bob_key: str) -> None:
    tag = f"presence:{alice.pk}"
    bob, _ = await connect(bob_key), await connect(alice_key)
    await bob.ask({"watch": {tag: ""}})
    while await told(bob, tag) != "online":
        pass
    await in_thread(lambda: User.objects.filter(pk=alice.pk).update(hidden_since=timezone.now()))
    assert await told(bob, tag) == "offline"


def test_hiding_while_away_from_every_page_changes_nothing(db: None, alice: User) -> None:
    appear(alice, offline=True)
    assert not LastSeen.objects.exists()
    assert not Connection.objects.exists()


def test_the_button_hides_shows_again_and_says_which(as_alice: Client, alice: User) -> None:
    page = as_alice.get("/").content.decode()
    assert 'value="offline"' in page
    answer = as_alice.post("/presence/appearance/", {"appear": "offline"}, headers={"HX-Request": "true"})
    assert 'value="online"' in answer.content.decode()
    assert one_token(answer.content.decode()) == one_token(as_alice.get("/presence/visibility/").content.decode())
    alice.refresh_from_db()
    assert alice.appears_offline
    assert as_alice.post("/presence/appearance/", {"appear": "online"}).url == "/"  # type: ignore[attr-defined]
    alice.refresh_from_db()
    assert not alice.appears_offline


@pytest.mark.parametrize("value", ["", "yes", "Offline", "\0"])
def test_anything_else_changes_nothing(as_alice: Client, alice: User, value: str) -> None:
    assert as_alice.post("/presence/appearance/", {"appear": value}).status_code == 302
    alice.refresh_from_db()
    assert not alice.appears_offline


def test_an_account_that_is_deleted_hides_nothing_more(db: None, alice: User) -> None:
    appear(alice, offline=True)
    alice.erase()
    assert not User.objects.get(pk=alice.pk).appears_offline
