"""Who may open a socket, and who is shut out of one that is open: by a write, from anywhere, within a second."""

import asyncio
import time
import uuid
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from accounts.models import User
from chat.models import Membership, Message, Room
from chatpoc import live
from chatpoc.live import tags
from chatpoc.live.handshake import session_topic
from chatpoc.live.hub import current_hub
from chatpoc.live.subscriptions import Subscriptions
from chatpoc.live.threads import in_thread
from tests.live.conftest import Connect, Socket


async def post(room: Room, author: User, body: str = "hello") -> Message:
    return await in_thread(lambda: room.post(author=author, client_id=uuid.uuid4(), body=body))


async def until_refused(socket: Socket) -> list[str]:
    """Hints about one's own conversations come too, and say nothing."""
    while "refused" not in (frame := await socket.hear()):
        assert frame.keys() <= {"stale", "stale_type"}
        assert is_about_oneself(str(frame))
    refused: list[str] = frame["refused"]
    await only_about_oneself(socket)
    return refused


async def only_about_oneself(socket: Socket) -> None:
    while not await socket.receive_nothing(0.4):
        assert is_about_oneself(str(await socket.receive_from()))


def is_about_oneself(frame: str) -> bool:
    return "conversations" in frame or "notify" in frame


@pytest.mark.parametrize("key", ["", "unknown", "x" * 300, "a/b;c", "a\0b"])
async def test_nobody_without_a_session_may_connect(connect: Connect, key: str) -> None:
    assert await (await connect(key)).closed_with() == 4401


@pytest.mark.parametrize(
    "origin",
    [None, b"null", b"http://evil.test", b"http://chat.test:8443", b"http://chat.test.evil.test", b"file://", b"chat.test",
     b"ftp://chat.test", b"http://", b"http://["],
)  # fmt: skip
async def test_a_foreign_page_cannot_use_the_viewers_cookie(connect: Connect, alice_key: str, origin: bytes) -> None:
    assert await (await connect(alice_key, origin=origin)).closed_with() == 4403


async def test_a_trusted_origin_may_connect(connect: Connect, alice_key: str, settings: object) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://other.test"]  # type: ignore[attr-defined]
    socket = await connect(alice_key, origin=b"https://other.test")
    assert "watching" in await socket.ask({"watch": {}})


async def test_a_deactivated_person_cannot_connect(connect: Connect, alice: User, alice_key: str) -> None:
    await in_thread(lambda: User.objects.filter(pk=alice.pk).update(is_active=False))
    assert await (await connect(alice_key)).closed_with() == 4401


async def test_a_session_from_before_a_password_change_cannot_connect(
    connect: Connect, alice: User, alice_key: str
) -> None:
    def change() -> None:
        alice.set_password("another-one-3")
        alice.save(update_fields=["password"])

    await in_thread(change)
    assert await (await connect(alice_key)).closed_with() == 4401


async def test_a_session_that_ends_before_the_socket_listens_for_its_end_closes_it(
    connect: Connect, alice_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    join = Subscriptions.join

    async def late(self: Subscriptions, socket: Any, topics: set[str]) -> None:
        await in_thread(Session.objects.filter(session_key=alice_key).delete)
        await join(self, socket, topics)

    monkeypatch.setattr(Subscriptions, "join", late)
    assert await (await connect(alice_key)).closed_with() == 4401


async def test_a_path_that_does_not_exist_is_closed_without_a_traceback(connect: Connect, alice_key: str) -> None:
    assert await (await connect(alice_key, path="/ws/nothing/")).closed_with() == 4404


async def test_the_end_of_a_session_closes_its_sockets_and_no_others(
    connect: Connect, alice_key: str, bob_key: str
) -> None:
    tabs, other = [await connect(alice_key) for _ in range(2)], await connect(bob_key)
    for socket in (*tabs, other):
        await socket.ask({"watch": {}})
    live.close(session_topic(alice_key), 4401)
    assert [await tab.closed_with() for tab in tabs] == [4401, 4401]
    assert (await other.ask({"watch": {}}))["watching"] == []


async def test_a_socket_that_fails_to_close_keeps_no_other_open(
    connect: Connect, alice_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tabs = [await connect(alice_key) for _ in range(3)]
    for socket in tabs:
        await socket.ask({"watch": {}})
    first = next(iter(current_hub().topics[session_topic(alice_key)].sockets))

    async def broken(*_: Any) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(first, "close", broken)
    live.close(session_topic(alice_key), 4401)
    await asyncio.sleep(0.3)
    assert not current_hub().sockets
    assert sum([not await tab.receive_nothing(0.1) for tab in tabs]) == 2


async def test_a_removed_member_hears_nothing_more_and_cannot_watch_again(
    connect: Connect, direct: Room, alice: User, bob: User, bob_key: str
) -> None:
    socket = await connect(bob_key)
    await socket.ask({"watch": {direct.topic: "0"}})
    await in_thread(lambda: Membership.objects.get(room=direct, user=bob).delete())
    assert await until_refused(socket) == [direct.topic]
    await post(direct, alice)
    assert await socket.receive_nothing(0.3)
    assert (await socket.ask({"watch": {direct.topic: "0"}}))["refused"] == [direct.topic]


async def test_members_removed_by_a_query_hear_nothing_more(
    connect: Connect, direct: Room, alice: User, bob: User, bob_key: str
) -> None:
    socket = await connect(bob_key)
    await socket.ask({"watch": {direct.topic: "0"}})
    await in_thread(lambda: Membership.objects.filter(user=bob).delete())
    assert await until_refused(socket) == [direct.topic]
    await post(direct, alice)
    assert await socket.receive_nothing(0.3)


@pytest.mark.parametrize("look", ["allowed", "versions_now"])
async def test_a_member_removed_while_a_watch_is_under_way_does_not_slip_in(
    connect: Connect, direct: Room, alice: User, bob: User, bob_key: str, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    """The first or the second look of the watch finds a member, who is removed before its answer is used."""
    socket = await connect(bob_key)
    await socket.ask({"watch": {}})
    found_by = getattr(tags, look)
    removed: list[object] = []

    def slow(viewer: User, names: list[str]) -> dict[str, str]:
        found: dict[str, str] = found_by(viewer, names)
        if not removed:
            removed.append(Membership.objects.get(room=direct, user=bob).delete())
            time.sleep(0.5)
        return found

    monkeypatch.setattr(tags, look, slow)
    wanted = {f"{type_}:{direct.pk}" for type_ in ("room", "rooms", "activity", "members", "here")}
    await socket.say({"watch": dict.fromkeys(wanted, "0")})
    refused: set[str] = set()
    while refused < wanted:
        refused |= set((await socket.hear()).get("refused", ()))
    assert refused == wanted
    await only_about_oneself(socket)
    await post(direct, alice)
    assert await socket.receive_nothing(1.5)


async def test_a_look_that_began_before_a_watch_takes_nothing_away_from_it(
    connect: Connect, direct: Room, alice: User, bob: User, bob_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await connect(bob_key)
    await socket.ask({"watch": {}})
    hub = current_hub()
    hub.rechecks.doubt(hub.sockets)
    await socket.say({"watch": {direct.topic: "0"}})
    assert (await socket.hear())["watching"] == [direct.topic]
    await post(direct, alice)
    assert (await socket.hear())["version"] == "1"


async def test_a_watch_finds_out_that_the_session_has_ended(connect: Connect, bob_key: str) -> None:
    """Though the hint was lost."""
    socket = await connect(bob_key)
    await socket.ask({"watch": {}})
    await in_thread(lambda: Session.objects.all().delete())
    await socket.say({"watch": {}})
    assert await socket.closed_with() == 4401


@pytest.mark.parametrize("way", ["deactivated", "password set in a shell", "session deleted"])
async def test_a_person_who_is_shut_out_hears_nothing_more(
    connect: Connect, direct: Room, bob: User, bob_key: str, way: str
) -> None:
    socket = await connect(bob_key)
    await socket.ask({"watch": {direct.topic: "0"}})

    def shut_out() -> None:
        if way == "deactivated":
            bob.is_active = False
        elif way == "session deleted":
            Session.objects.all().delete()
        else:
            bob.set_password("another-one-3")
        bob.save()

    await in_thread(shut_out)
    assert await socket.closed_with(1) == 4401
