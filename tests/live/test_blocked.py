"""Alice blocks Bob while their pages are open: what their sockets, and Charlie's, are told of it."""

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Block, User, pair_of
from chat.models import Room
from chatpoc.live import states
from chatpoc.live.threads import in_thread
from presence import seats
from tests.conftest import signed_in
from tests.live.conftest import Connect, Socket

pytestmark = pytest.mark.waits


@pytest.fixture
def group(alice: User, bob: User, charlie: User) -> Room:
    room: Room = Room.objects.create(kind="closed", name="Three")
    for person in (alice, bob, charlie):
        room.join(person)
    return room


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "PACE", 0.2)
    monkeypatch.setattr(seats, "FIRST_WORD", 0.05)


async def frames(socket: Socket, seconds: float = 0.7) -> list[dict[str, Any]]:
    """All that comes within this time."""
    await asyncio.sleep(seconds)
    return [json.loads(await socket.receive_from()) for _ in range(socket.output_queue.qsize())]


def said_in(heard: list[dict[str, Any]]) -> set[str]:
    """The tags that frames speak of, and the words that no tag has."""
    names: set[str] = set()
    for frame in heard:
        for word, value in frame.items():
            names |= set(value) if word in {"refused", "stale", "state"} else {word}
    return names


async def watching(connect: Connect, key: str, *tags: str) -> Socket:
    socket: Socket = await connect(key)
    assert (await socket.ask({"watch": dict.fromkeys(tags, "0")}))["refused"] == []
    await settled(socket)
    return socket


async def settled(*sockets: Socket) -> None:
    """Until they have heard who is here."""
    while any([await frames(socket, 0.4) for socket in sockets]):
        pass


async def test_both_lose_what_tells_of_the_other_and_the_third_hears_nothing(
    connect: Connect, direct: Room, group: Room, alice: User, bob: User, alice_key: str, bob_key: str, charlie_key: str
) -> None:
    """And what Bob hears is what Alice hears: no frame says whose doing it was."""
    of_two = [f"{type_}:{direct.pk}" for type_ in ("room", "rooms", "activity", "members", "receipts", "here")]
    of_all = [f"{type_}:{group.pk}" for type_ in ("room", "rooms", "activity", "members", "receipts", "here")]
    people = [f"{type_}:{person.pk}" for type_ in ("people", "presence") for person in (alice, bob)]
    pages = [await watching(connect, key, *of_two, *of_all, *people, "people") for key in (alice_key, bob_key)]
    third = await watching(connect, charlie_key, *of_all, *people, "people")
    await settled(*pages, third)

    await in_thread(lambda: alice.block(bob))
    of_alice, of_bob = [await frames(page) for page in pages]
    lost = {f"receipts:{direct.pk}", f"here:{direct.pk}"}
    assert {"refused": sorted(lost | {f"presence:{bob.pk}"})} in of_alice
    assert {"refused": sorted(lost | {f"presence:{alice.pk}"})} in of_bob
    # Who loses something is told the rest of what they follow once more. Her own list is told to her alone.
    assert said_in(of_bob) == lost | {
        f"presence:{alice.pk}",
        f"presence:{bob.pk}",
        f"receipts:{group.pk}",
        f"here:{group.pk}",
    }
    assert said_in(of_alice) - said_in(of_bob) == {f"blocks:{alice.pk}"}
    assert await frames(third, 0.2) == []

    # Whatever the two do from now on, and whatever they ask for.
    for page in pages:
        await page.say({"typing": {direct.topic: True}})
        await page.say({"active": False})
    assert [said_in(await frames(page)) & {"typing", "state"} for page in pages] == [set(), set()]
    for page, other in zip(pages, (bob, alice), strict=True):
        answer = await page.ask({"watch": {f"presence:{other.pk}": "", f"presence:0{other.pk}": "", direct.topic: "0"}})
        assert answer["watching"] == [direct.topic], "what was said stays readable"

    await in_thread(lambda: alice.unblock(bob))
    for page in pages:
        assert "rewatch" in said_in(await frames(page)), "its page asks for what it was refused"
    for page, other in zip(pages, (bob, alice), strict=True):
        assert (await page.ask({"watch": {f"presence:{other.pk}": ""}}))["refused"] == []


async def test_who_looks_at_nothing_of_hers_hears_nothing_at_all(
    connect: Connect, group: Room, alice: User, bob: User, bob_key: str
) -> None:
    """A canary: an open page of Bob's must not tell the moment at which somebody blocked him."""
    of_all = [f"{type_}:{group.pk}" for type_ in ("room", "rooms", "activity", "members", "receipts", "here")]
    own = [f"{type_}:{bob.pk}" for type_ in ("people", "presence", "conversations", "notify", "visibility", "blocks")]
    page = await watching(connect, bob_key, *of_all, *own, "people", "openrooms", f"people:{alice.pk}")
    await in_thread(lambda: alice.block(bob))
    assert await frames(page) == []


async def test_the_open_conversation_of_both_learns_it_from_one_tag(
    connect: Connect, direct: Room, alice: User, bob: User, alice_key: str, bob_key: str, charlie_key: str
) -> None:
    tag = f"pairs:{pair_of(alice.pk, bob.pk)}"
    pages = [await watching(connect, key, tag) for key in (alice_key, bob_key)]
    stranger = await connect(charlie_key)
    odd = [f"pairs:{bob.pk}.{alice.pk}", f"pairs:{alice.pk}", f"pairs:0{alice.pk}.{bob.pk}"]
    assert (await stranger.ask({"watch": dict.fromkeys([tag, *odd], "")}))["watching"] == []
    await in_thread(lambda: alice.block(bob))
    of_alice, of_bob = [await frames(page) for page in pages]
    assert said_in(of_bob) == {tag}
    assert [frame for frame in of_alice if frame.get("stale", {}).keys() == {tag}] == of_bob
    assert await frames(stranger, 0.1) == []


async def test_their_own_other_pages_learn_whom_they_blocked(
    connect: Connect, alice: User, bob: User, alice_key: str
) -> None:
    page = await watching(connect, alice_key, f"blocks:{alice.pk}")
    await in_thread(lambda: alice.block(bob))
    assert said_in(await frames(page)) == {f"blocks:{alice.pk}"}


async def test_rows_that_a_shell_writes_are_seen_as_well(
    connect: Connect, direct: Room, alice: User, bob: User, bob_key: str
) -> None:
    page = await watching(connect, bob_key, f"presence:{alice.pk}")
    await in_thread(lambda: Block.objects.bulk_create([Block(by=alice, person=bob)]))
    told = said_in(await frames(page))
    assert told - {"stale_type"} == {f"presence:{alice.pk}"}, "and that somebody blocked somebody, which says nothing"


async def test_typing_in_a_room_of_three_is_heard_as_before(
    connect: Connect, group: Room, alice: User, bob: User, alice_key: str, bob_key: str, charlie_key: str
) -> None:
    """It is one frame for all; the page of who blocked them leaves it out."""
    await in_thread(lambda: alice.block(bob))
    tags = (group.topic, f"receipts:{group.pk}")
    pages = [await watching(connect, key, *tags) for key in (bob_key, alice_key, charlie_key)]
    await pages[0].say({"typing": {group.topic: True}})
    for page in pages[1:]:
        assert {"typing": {group.topic: {str(bob.pk): bob.name}}} in await frames(page)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("write", ["block", "unblock", "by query"])
def test_what_each_page_shows_of_it_is_stale_and_nothing_else_of_bobs(
    direct: Room, alice: User, bob: User, write: str
) -> None:
    shown: dict[str, Callable[[], Any]] = {}
    for name, person, path in (
        ("her list", alice, "/presence/visibility/"),
        ("her card of him", alice, f"/people/{bob.pk}/card/"),
        ("her conversation", alice, f"/rooms/{direct.pk}/header/"),
        ("his conversation", bob, f"/rooms/{direct.pk}/header/"),
        ("his list", bob, "/presence/visibility/"),
        ("his card of her", bob, f"/people/{alice.pk}/card/"),
        ("his sidebar", bob, "/conversations/"),
    ):
        client = signed_in(person)
        ptag = client.get(path)["HX-PTag"]
        shown[name] = lambda client=client, path=path, ptag=ptag: client.get(path, headers={"HX-PTag": ptag})  # type: ignore[misc]
    if write == "by query":
        Block.objects.bulk_create([Block(by=alice, person=bob)])
    else:
        alice.block(bob)
    if write == "unblock":
        alice.unblock(bob)
    stale = {name for name, ask in shown.items() if ask().status_code == 200}
    both = {"her list", "her card of him", "her conversation", "his conversation"}
    assert stale >= both
    if write != "by query":  # which cannot know whose
        assert stale == both
    said = direct.messages.count()
    if write == "unblock":
        direct.post(author=bob, client_id=uuid.uuid4(), body="hello")
        assert direct.messages.count() == said + 1
