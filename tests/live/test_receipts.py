"""Receipts are told live, to members alone."""

import json
import uuid
from typing import Any

from accounts.models import User
from chat.models import Membership, Room
from chatpoc.live.threads import in_thread
from presence.privacy import appear
from tests.live.conftest import Connect


async def say(room: Room, author: User) -> None:
    await in_thread(lambda: room.post(author=author, client_id=uuid.uuid4(), body="x"))


async def told(socket: Any) -> dict[str, str]:
    """The states of the next frame that has some."""
    while "state" not in (frame := await socket.hear()):
        pass
    states: dict[str, str] = frame["state"]
    return states


async def test_a_member_is_told_what_another_saw_and_an_outsider_is_not(
    connect: Connect, direct: Room, alice: User, bob: User, alice_key: str, bob_key: str, charlie_key: str
) -> None:
    tag = f"receipts:{direct.pk}"
    await say(direct, alice)
    watcher, reader, outsider = [await connect(key) for key in (alice_key, bob_key, charlie_key)]
    assert (await outsider.ask({"watch": {tag: ""}}))["refused"] == [tag]
    await watcher.ask({"watch": {tag: ""}})
    assert f'"{alice.pk}":[1,' in (await told(watcher))[tag]
    await reader.ask({"watch": {f"conversations:{bob.pk}": "x"}})
    await reader.say({"seen": {str(direct.pk): [0, 1]}})
    assert f'"{bob.pk}":[1,' in (await told(watcher))[tag]
    await outsider.say({"seen": {str(direct.pk): [0, 1]}})
    assert await outsider.receive_nothing(1.5)
    assert await watcher.receive_nothing(0.1)


async def test_a_removed_member_hears_no_more_of_it(
    connect: Connect, direct: Room, alice: User, bob: User, alice_key: str, bob_key: str
) -> None:
    tag = f"receipts:{direct.pk}"
    await say(direct, alice)
    leaver, reader = await connect(alice_key), await connect(bob_key)
    await leaver.ask({"watch": {tag: "", f"conversations:{alice.pk}": ""}})
    await told(leaver)
    await in_thread(lambda: Membership.objects.get(room=direct, user=alice).delete())
    while "refused" not in (frame := await leaver.hear()):
        pass
    assert frame["refused"] == [tag]
    await reader.say({"seen": {str(direct.pk): [0, 1]}})
    while not await leaver.receive_nothing(1.5):
        assert "receipts" not in await leaver.receive_from()


async def test_who_appears_offline_is_not_given_away(
    connect: Connect, direct: Room, alice: User, bob: User, alice_key: str, bob_key: str
) -> None:
    tag = f"receipts:{direct.pk}"
    await say(direct, alice)
    watcher, reader = await connect(alice_key), await connect(bob_key)
    await watcher.ask({"watch": {tag: ""}})
    assert str(bob.pk) not in json.loads((await told(watcher))[tag])
    await in_thread(lambda: appear(bob, offline=True))
    await reader.say({"seen": {str(direct.pk): [0, 1]}})
    assert await watcher.receive_nothing(2)
    assert (await in_thread(lambda: Membership.objects.get(room=direct, user=bob))).read_seq == 1
