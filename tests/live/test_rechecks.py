"""What a socket may hear is looked at again: while there is doubt it hears nothing, and nobody is forgotten for long."""

import asyncio
import threading
import time
import uuid
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import User
from chat.models import Membership, Room
from chatpoc.live import looking, publishing, rechecks
from chatpoc.live.hub import current_hub
from chatpoc.live.states import Audience, States
from chatpoc.live.threads import in_thread
from tests.conftest import Statements, make_person
from tests.live.conftest import Connect, Socket, session_of
from tests.live.test_revocation import until_refused


async def post(room: Room, author: User, body: str) -> None:
    await in_thread(lambda: room.post(author=author, client_id=uuid.uuid4(), body=body))


async def heard(socket: Socket, seconds: float) -> str:
    """All that comes until it is quiet for so long."""
    texts = []
    while not await socket.receive_nothing(seconds):
        texts.append(str(await socket.receive_output()))
    return "\n".join(texts)


def remove(room: Room, user: User) -> None:
    Membership.objects.get(room=room, user=user).delete()


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """The database has found out what they may hear, and its answer takes until this is set."""
    look, answer = looking.look, threading.Event()

    def slow(asked: Any) -> Any:
        found = look(asked)
        answer.wait(10)
        return found

    monkeypatch.setattr(looking, "look", slow)
    return answer


async def test_what_comes_while_there_is_doubt_is_held_and_not_told_to_who_is_out(
    connect: Connect, direct: Room, alice: User, bob: User, bob_key: str, alice_key: str, answered: threading.Event
) -> None:
    """However slow the database is."""
    his, hers = await connect(bob_key), await connect(alice_key)
    for socket in (his, hers):
        await socket.ask({"watch": {direct.topic: "0"}})
    await in_thread(remove, direct, bob)
    await post(direct, alice, "behind his back")
    assert "behind his back" in await heard(hers, 0.3)
    assert await his.receive_nothing(0.1)
    answered.set()
    told = await heard(his, 0.5)
    assert "refused" in told
    assert "behind his back" not in told


async def test_what_is_held_reaches_who_may_hear_it_in_its_order(
    connect: Connect, direct: Room, alice: User, bob_key: str, answered: threading.Event
) -> None:
    socket = await connect(bob_key)
    await socket.ask({"watch": {direct.topic: "0"}})
    await in_thread(lambda: User.objects.update(bio="everyone is doubted"))
    for number in range(3):
        await post(direct, alice, f"message {number}")
    assert await socket.receive_nothing(0.3)
    answered.set()
    await post(direct, alice, "message 3")
    told = await heard(socket, 0.5)
    places = [told.index(f"message {number}") for number in range(4)]
    assert places == sorted(places)


async def test_who_is_told_too_much_while_in_doubt_has_to_come_again(
    connect: Connect, direct: Room, alice: User, bob_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rechecks, "HELD", 3)
    monkeypatch.setattr(looking, "look", lambda asked: [time.sleep(1)])  # type: ignore[func-returns-value]
    socket = await connect(bob_key)
    await socket.ask({"watch": {direct.topic: "0"}})
    hub = current_hub()
    hub.rechecks.doubt(hub.sockets)
    for number in range(5):
        await post(direct, alice, f"{number}")
    assert await socket.closed_with() == 4012


async def test_one_look_that_fails_in_an_unexpected_way_is_not_the_last_one(
    connect: Connect, direct: Room, bob: User, bob_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rechecks, "TICK", 0.1)
    socket = await connect(bob_key)
    await socket.ask({"watch": {direct.topic: "0"}})
    looks = current_hub().rechecks
    tell = looks._tell

    async def broken(*_: Any) -> None:
        monkeypatch.setattr(looks, "_tell", tell)
        raise RuntimeError("on purpose")

    monkeypatch.setattr(looks, "_tell", broken)
    await in_thread(remove, direct, bob)
    assert await until_refused(socket) == [direct.topic]


async def test_hints_that_wait_for_their_quarter_of_a_second_are_not_told_to_who_is_out(
    connect: Connect, direct: Room, bob: User, bob_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatpoc.live.hub.HINTS", 1)
    socket = await connect(bob_key)
    await socket.ask({"watch": {f"rooms:{direct.pk}": "0"}})
    await in_thread(direct.save)
    assert "stale" in await socket.hear()
    await in_thread(direct.save)  # this hint waits
    await asyncio.sleep(0.2)
    assert current_hub().topics[f"rooms:{direct.pk}"].next_hints
    await in_thread(remove, direct, bob)
    told = await heard(socket, 1.2)
    assert f"rooms:{direct.pk}" in told.split("refused")[1]
    assert f'"stale": {{"rooms:{direct.pk}"' not in told


async def test_a_frame_of_states_that_is_on_its_way_is_not_told_to_who_lost_one_of_them(
    connect: Connect, direct: Room, bob_key: str
) -> None:
    socket = await connect(bob_key)
    await socket.ask({"watch": {f"here:{direct.pk}": "0"}})
    hub = current_hub()
    (consumer,) = hub.sockets
    states: States = hub.states
    states._number += 1
    on_its_way = Audience({consumer}, states._lost_at, states._number)
    assert consumer in on_its_way
    states.lose(consumer, {f"here:{direct.pk}"})
    assert consumer not in on_its_way
    assert consumer in Audience({consumer}, states._lost_at, states._number + 1), "the next frame is made without it"


@pytest.fixture
def lost_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis was away for whoever wrote."""
    monkeypatch.setattr(publishing, "hint", lambda *_: None)
    monkeypatch.setattr(publishing, "close", lambda *_, **__: None)
    monkeypatch.setattr(rechecks, "ROUND", 0.4)
    monkeypatch.setattr(rechecks, "SPREAD", 0.1)
    monkeypatch.setattr(rechecks, "TICK", 0.1)


@pytest.mark.usefixtures("lost_hints")
@pytest.mark.parametrize("way", ["out", "session over", "removed", "staff"])
async def test_who_is_shut_out_without_a_hint_is_found_in_the_next_round(
    connect: Connect, direct: Room, alice: User, bob: User, bob_key: str, alice_key: str, way: str
) -> None:
    await in_thread(lambda: User.objects.filter(pk=bob.pk).update(is_staff=True))
    socket, other = await connect(bob_key), await connect(alice_key)
    for one in (socket, other):
        await one.ask({"watch": {direct.topic: "0", "insight": "0"}})

    def write() -> None:
        if way == "session over":
            Session.objects.filter(pk=bob_key).update(expire_date=timezone.now())
        elif way == "removed":
            remove(direct, bob)
        else:
            User.objects.filter(pk=bob.pk).update(**{"out": {"is_active": False}}.get(way, {"is_staff": False}))

    await in_thread(write)
    if way in {"removed", "staff"}:
        while "refused" not in (told := await socket.hear(5)):
            pass
        assert told["refused"] == ["insight" if way == "staff" else direct.topic]
    else:
        assert await socket.closed_with() == 4401
    await other.say({"watch": {direct.topic: "0"}})
    assert (await other.hear())["watching"] == [direct.topic]


@pytest.mark.usefixtures("lost_hints")
async def test_a_database_that_does_not_answer_closes_only_who_is_in_doubt(
    connect: Connect, direct: Room, bob_key: str, alice_key: str, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise DatabaseError("gone")

    socket, other = await connect(bob_key), await connect(alice_key)
    for one in (socket, other):
        await one.ask({"watch": {direct.topic: "0"}})
    look = looking.look
    monkeypatch.setattr(looking, "look", fail)
    await asyncio.sleep(1)  # two rounds
    hub = current_hub()
    hub.rechecks.doubt(socket for socket in hub.sockets if socket.viewer.pk == bob.pk)
    assert await socket.closed_with() == 4012
    monkeypatch.setattr(looking, "look", look)
    await in_thread(lambda: Session.objects.filter(pk=alice_key).update(expire_date=timezone.now()))
    assert await other.closed_with() == 4401


async def test_who_loses_a_room_with_something_unread_is_cut_off(
    connect: Connect, direct: Room, bob: User, bob_key: str
) -> None:
    """What waits for the browser may be of that room."""
    socket = await connect(bob_key)
    await socket.ask({"watch": {direct.topic: "0"}})
    (consumer,) = current_hub().sockets
    cuts: list[int] = []

    def cut() -> bool:
        cuts.append(1)
        return True

    consumer.cut = cut  # type: ignore[attr-defined]
    await in_thread(remove, direct, bob)
    assert "refused" not in await heard(socket, 0.5)
    assert cuts
    assert not current_hub().sockets


def test_many_are_looked_at_in_as_many_statements_as_one(db: None, statements: Statements, alice: User) -> None:
    asked = []
    for number in range(20):
        person = make_person(f"person_{number}", "P")
        room = Room.objects.direct(alice, person)
        names = {f"{type_}:{room.pk}" for type_ in ("room", "rooms", "activity", "members", "here", "receipts")}
        names |= {f"people:{alice.pk}", f"conversations:{person.pk}", f"notify:{person.pk}", "openrooms"}
        asked.append((session_of(person), names))
    statements.seen.clear()
    found = looking.look(asked[:1])
    one = len(statements.seen)
    assert found[0][1] == asked[0][1]
    statements.seen.clear()
    found = looking.look(asked)
    assert [names for _, names in found] == [names for _, names in asked]
    assert len(statements.seen) == one <= 7


def test_the_rules_for_many_are_those_for_one(db: None, alice: User, bob: User, charlie: User, direct: Room) -> None:
    """Also for who lost everything, and for what is no tag."""
    room = Room.objects.open_by(alice, kind="open", name="Garden")
    shut = Room.objects.open_by(alice, kind="closed", name="Shed")
    types = ("room", "rooms", "activity", "members", "here", "receipts", "openrooms", "people", "presence")
    names = {f"{type_}:{pk}" for type_ in types for pk in (direct.pk, room.pk, shut.pk, f"0{room.pk}", 999, "x")}
    names |= {"insight", "people", "openrooms", "nonsense", "access:1", f"conversations:{bob.pk}", "a:b:c"}
    keys = [session_of(person) for person in (alice, bob, charlie)]
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    together = looking.look([(key, names) for key in (*keys, "unknown")])
    alone = [looking._look_at(key, names) for key in (*keys, "unknown")]
    assert together == alone
    assert [viewer for viewer, _ in together] == [alice, bob, None, None]
