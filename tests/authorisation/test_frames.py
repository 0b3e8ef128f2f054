"""Every word up the socket, for everyone: what it brings, and who hears of it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from chat.models import Membership, Room
from chatpoc.live import companions, hearing, states, tags
from chatpoc.live.hub import ALIVE
from chatpoc.live.threads import in_thread
from presence import seats
from tests.authorisation.frames import MALFORMED, TAGS, WORDS
from tests.authorisation.people import INSIDE, OUTSIDE, SIGNED_IN, World, make_world
from tests.authorisation.tables import rows_of
from tests.live.conftest import Connect, Socket, connect

__all__ = ["connect"]

pytestmark = [pytest.mark.waits, pytest.mark.once]

NOTHING = 987_654_321
STAFF = {"clerk", "keeper", "root"}


@pytest.fixture
def world(transactional_db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(states, "PACE", 0.2)
    monkeypatch.setattr(seats, "RESTLESS", 0.2)
    return make_world()


def may(word: str, who: str, world: World, *, room: Room | None = None, person: User | None = None) -> bool:
    """What the table's word means for this person."""
    return {
        "members": who in INSIDE,
        "open": bool(room and room.kind == Room.Kind.OPEN),
        "everyone": True,
        "oneself": person == world.people[who],
        "staff": who in STAFF,
        "queue": who == "root",
    }.get(word, False)


def expected(who: str, world: World) -> dict[str, bool]:
    """Every tag that could be, and whether this person may watch it."""
    found: dict[str, bool] = {}
    for type_, of_room, of_person, whole in rows_of(TAGS):
        rooms = world.rooms.values() if of_person == "-" else ()
        found |= {f"{type_}:{room.pk}": may(of_room, who, world, room=room) for room in rooms}
        people = world.people.values() if of_room == "-" else ()
        found |= {f"{type_}:{person.pk}": may(of_person, who, world, person=person) for person in people}
        found |= {f"{type_}:{NOTHING}": False, type_: may(whole, who, world)}
    ids = {"room": world.rooms["open"].pk, "person": world.people[who].pk}
    return found | {name.format(**ids): False for name in MALFORMED}


def test_every_type_of_tag_and_every_word_has_a_line() -> None:
    assert {row[0] for row in rows_of(TAGS)} == tags.known_types()
    heard = {*hearing.handlers, *(word for make in companions.makers for word in make().words)}
    assert {row[0] for row in rows_of(WORDS)} == SAYING.keys() == heard


async def test_each_tag_may_be_watched_by_those_whom_the_table_names(connect: Connect, world: World) -> None:
    for who in SIGNED_IN:
        promised = expected(who, world)
        socket = await connect(world.sessions[who])
        answer = await until(socket, "watching", {"watch": dict.fromkeys(promised, "")})
        assert {tag: tag in answer["watching"] for tag in promised} == promised, who
        assert set(answer["refused"]) == {tag for tag, allowed in promised.items() if not allowed}
        assert answer["stale"].keys() <= set(answer["watching"])
        await socket.disconnect()


async def test_who_is_not_signed_in_or_deactivated_has_no_socket(connect: Connect, world: World) -> None:
    for who in ("anonymous", "deactivated"):
        assert await (await connect(world.sessions.get(who, ""))).closed_with() == 4401


SAYING: dict[str, Callable[[list[int]], list[object]]] = {
    "seen": lambda rooms: [{"seen": {str(room): [0, 4] for room in rooms}}],
    "typing": lambda rooms: [{"typing": {f"room:{room}": True}} for room in rooms],
    "active": lambda _rooms: [{"active": False}],
}


@pytest.mark.parametrize(("word", "heard_from", "heard_as"), rows_of(WORDS))
async def test_each_word_is_heard_from_whom_the_table_names_by_those_who_may_watch(
    connect: Connect, world: World, word: str, heard_from: str, heard_as: str
) -> None:
    """Everyone asks for everything. First those outside say it, of every room, and nobody hears; then the moderator does."""
    sockets = {who: await connect(world.sessions[who]) for who in SIGNED_IN}
    for who, socket in sockets.items():
        await until(socket, "watching", {"watch": dict.fromkeys(expected(who, world), "")})
    rooms = [world.rooms[kind].pk for kind in ("open", "closed", "direct", "archived")]  # typing takes four at once
    await heard(sockets, 1.2)
    before = await in_thread(said_and_seen)
    for who in () if heard_from == "everyone" else OUTSIDE:
        for frame in SAYING[word](rooms):
            await sockets[who].say(frame)
    silence = await heard(sockets, 1.2)
    assert not [who for who, text in silence.items() if f'"{heard_as}:' in text], silence
    assert await in_thread(said_and_seen) == before
    for frame in SAYING[word](rooms):
        await sockets["moderator"].say(frame)
    listening = set(INSIDE if heard_from == "members" else SIGNED_IN)
    told = [f'"{heard_as}:{id_}"' for id_ in (rooms if heard_from == "members" else [world.people["moderator"].pk])]
    now = await heard(sockets, 1, lambda texts: all(text in texts[who] for text in told for who in listening))
    for text in told:
        assert {who for who in sockets if text in now[who]} == listening, (text, now)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"nothing": {}}, "unknown-frame"),
        ({"tag": "room:1", "content": "x"}, "unknown-frame"),
        ({}, "unknown-frame"),
        ({"watch": {}, "seen": {}}, "unknown-frame"),
        ({"watch": {"room:1": 1}}, "bad-watch"),
        ({"watch": ["room:1"]}, "unknown-frame"),
        ({"seen": {"1": "all"}}, "bad-seen"),
        ({"typing": {"room:1": "yes"}}, "bad-typing"),
        ({"active": "yes"}, "bad-active"),
        ([], "bad-json"),
    ],
)
async def test_every_other_word_is_an_error_that_tells_nothing(
    connect: Connect, alice: User, frame: object, code: str
) -> None:
    from tests.live.conftest import session_of

    socket = await connect(await in_thread(session_of, alice))
    answer = await until(socket, "error", frame)
    assert answer["error"]["code"] == code
    assert answer.keys() == {"error"}


def said_and_seen() -> tuple[list[Any], list[Any]]:
    return list(Room.objects.values_list()), list(Membership.objects.order_by("pk").values_list())


async def until(socket: Socket, key: str, frame: object) -> dict[str, Any]:
    """The answer to a frame, past what the hub tells meanwhile."""
    await socket.say(frame)
    while key not in (answer := await socket.hear()):
        pass
    return answer


async def heard(
    sockets: dict[str, Socket], seconds: float, enough: Callable[[dict[str, str]], bool] = lambda _texts: True
) -> dict[str, str]:
    """All that each of them gets within this time, and as long after it, at most 20 s, as it is not enough.

    But for what says nothing of anybody: that the server lives, and for staff that it counted something.
    """
    texts = dict.fromkeys(sockets, "")
    for _ in range(100):
        await asyncio.sleep(seconds)
        for who, socket in sockets.items():
            frames = [str(await socket.receive_from()) for _ in range(socket.output_queue.qsize())]
            texts[who] += "".join(f"{frame}\n" for frame in frames if '"insight"' not in frame and frame != ALIVE)
        if enough(texts):
            break
        seconds = 0.2
    return texts
