"""A socket whose word meets a database that is away: it comes again, or waits, and has said it then."""

from typing import Any

import pytest
from django.db import OperationalError

from accounts.models import User
from chat.models import Membership, Room
from chatpoc.live import consumer, hearing
from chatpoc.live.rechecks import COME_AGAIN
from tests.conftest import Say
from tests.live.conftest import Connect, alice_key, connect

__all__ = ["alice_key", "connect"]

pytestmark = pytest.mark.once


def away(*_: Any) -> Any:
    raise OperationalError("the connection is closed")


async def test_a_socket_that_opens(connect: Connect, alice_key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(consumer, "viewer_of_session", away)
        socket = await connect(alice_key)
        assert await socket.closed_with() == COME_AGAIN
    assert (await (await connect(alice_key)).ask({"watch": {}}))["watching"] == []


async def test_a_socket_that_watches(
    connect: Connect, alice_key: str, direct: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await connect(alice_key)
    with monkeypatch.context() as patch:
        patch.setattr(consumer, "_look", away)
        await socket.say({"watch": {direct.topic: ""}})
        assert await socket.closed_with() == COME_AGAIN
    again = await connect(alice_key)
    assert (await again.ask({"watch": {direct.topic: ""}}))["watching"] == [direct.topic]


async def test_what_was_seen(
    connect: Connect, alice: User, bob: User, alice_key: str, direct: Room, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chatpoc.live.threads import in_thread

    await in_thread(say, direct, bob, "look")
    socket = await connect(alice_key)
    seen = {"seen": {str(direct.pk): [0, 1]}}
    with monkeypatch.context() as patch:
        patch.setitem(hearing.handlers, "seen", away)
        told = (await socket.ask(seen))["error"]
        assert told["code"] == "unavailable"
        assert 2 <= told["wait"] <= 4, "what is said again after that, by pages that are still open"
    await socket.say(seen)
    await socket.ask({"watch": {}})
    mark = await in_thread(lambda: Membership.objects.get(user=alice, room=direct).seen_seq)
    assert mark == 1


async def test_a_fault_of_our_own_is_not_taken_for_it(
    connect: Connect, alice_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await connect(alice_key)
    with monkeypatch.context() as patch:
        patch.setitem(hearing.handlers, "seen", lambda *_: 1 / 0)
        await socket.say({"seen": {}})
        with pytest.raises(ZeroDivisionError):
            await socket.receive_output(3)
