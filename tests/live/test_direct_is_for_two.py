"""However many people are online, what two of them say to each other is nobody else's work."""

import asyncio
import uuid

import pytest

from accounts.models import User
from chat.models import Room
from chatpoc.live.threads import in_thread
from tests.conftest import make_person, signed_in
from tests.live.conftest import Connect, Socket, session_of
from tests.live.test_fragments import HX, made_from

OTHERS = 27

Page = tuple[str, dict[str, str]]  # its session, and the tags it shows with their versions


@pytest.fixture
def pages(transactional_db: None, alice: User, bob: User, charlie: User, direct: Room) -> list[Page]:
    """First Alice's and Bob's, then all others'. Everyone is in the Lobby and in conversations of their own."""
    people = [alice, bob, charlie, *(make_person(f"person{number}", f"Person {number}") for number in range(OTHERS))]
    for one, next_one in zip(people, people[1:] + people[:1], strict=True):
        Room.objects.lobby().join(one)
        Room.objects.direct(one, next_one)
    return [page_of(person) for person in people]


def page_of(person: User) -> Page:
    client = signed_in(person)
    fragments = [client.get(path, headers=HX).content.decode() for path in ("/conversations/", "/accounts/me/")]
    return session_of(person), {tag: version for html in fragments for tag, version in made_from(html).items()}


async def test_a_message_in_a_direct_conversation_is_work_for_its_two_people_only(
    connect: Connect, pages: list[Page], alice: User, direct: Room
) -> None:
    sockets: list[Socket] = []
    for session, tags in pages:
        sockets.append(await connect(session))
        assert await sockets[-1].ask({"watch": tags}) == {"watching": sorted(tags), "refused": [], "stale": {}}

    await say(alice, direct)
    assert await frames(sockets, expected=2) == [1, 1] + [0] * (len(sockets) - 2)

    await say(alice, await in_thread(Room.objects.lobby))  # and they do hear what is theirs
    assert await frames(sockets, expected=len(sockets)) == [1] * len(sockets)


async def say(author: User, room: Room) -> None:
    """As a browser does."""

    def post() -> int:
        form = {"client_id": str(uuid.uuid4()), "body": "hello"}
        return signed_in(author).post(f"/rooms/{room.pk}/messages/", form, headers=HX).status_code

    assert await in_thread(post) == 201


async def frames(sockets: list[Socket], *, expected: int) -> list[int]:
    """How many each of them got, which they forget; waits for as many as are expected in all, and for one too many."""
    for _ in range(60):
        if sum(socket.output_queue.qsize() for socket in sockets) >= expected:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    counts = [socket.output_queue.qsize() for socket in sockets]
    for socket, count in zip(sockets, counts, strict=True):
        for _ in range(count):
            await socket.hear()
    return counts
