"""Sockets that watch, stop, see, type, leave and come back in any order hear just what they watch and may."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from chat.models import Room
from chatpoc.live import tags as live_tags
from chatpoc.live.hub import current_hub
from chatpoc.live.threads import in_thread
from tests.fuzzing import hearing
from tests.fuzzing.budget import fuzzed
from tests.fuzzing.conftest import NothingLogged
from tests.live.conftest import Connect, Socket

pytestmark = pytest.mark.once

TYPES = ["room", "rooms", "members", "activity", "presence", "people", "here", "receipts", "conversations"]
Step = tuple[int, str, Any]

names = st.tuples(st.sampled_from(TYPES), st.integers(0, 2))  # the second is which room, or which person
steps: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.integers(0, 1),  # which of the two sockets
        st.sampled_from(["watch", "watch", "watch", "stop", "seen", "type", "active", "leave", "drop", "odd", "say"]),
        st.tuples(st.lists(names, max_size=4), st.integers(0, 2), st.integers(0, 5), st.booleans()),
    ),
    max_size=14,
)


@dataclass
class Page:
    """One socket, and the conversations that it must hear of by what it was answered."""

    socket: Socket
    consumer: Any
    rooms: frozenset[str] = frozenset()


class Talk:
    """Alice is in a conversation with Bob and in an open room; the third room is Charlie's, of which she must hear nothing."""

    def __init__(self, connect: Connect, key: str, viewer: User, rooms: list[Room], authors: list[User]) -> None:
        self.connect, self.key, self.viewer, self.rooms, self.authors = connect, key, viewer, rooms, authors
        self.pages: list[Page | None] = [None, None]

    async def page(self, which: int) -> Page:
        if (page := self.pages[which]) is None:
            known = set(current_hub().sockets)
            socket = await self.connect(self.key)
            assert await hearing.answers(socket) == []
            [consumer] = set(current_hub().sockets) - known
            page = self.pages[which] = Page(socket, consumer)
        return page

    async def leave(self, which: int, *, rudely: bool) -> None:
        if page := self.pages[which]:
            self.pages[which] = None
            if rudely:  # with frames under way
                for _ in range(3):
                    await page.socket.say({"watch": {self.rooms[0].topic: "0"}})
            await page.socket.disconnect()
            assert not hearing.held(current_hub(), page.consumer)

    async def do(self, step: Step) -> None:
        which, verb, (wanted, room, number, flag) = step
        if verb in {"leave", "drop"}:
            await self.leave(which, rudely=verb == "drop")
            return
        if verb == "say":
            await self.say(room)
            return
        page = await self.page(which)
        if verb in {"watch", "stop"}:
            await self.watch(page, {self.tag(*name) for name in wanted} if verb == "watch" else set())
        else:
            place = self.rooms[room].topic
            await page.socket.say(
                {
                    "seen": {"seen": {str(self.rooms[room].pk): [0, number or 1]}},
                    "type": {"typing": {place: flag}},
                    "active": {"active": flag},
                    "odd": {"watch": {place: number}},
                }[verb]
            )

    def tag(self, type_: str, number: int) -> str:
        people = {"presence", "people", "conversations"}
        return f"{type_}:{(self.authors if type_ in people else self.rooms)[number].pk}"

    async def watch(self, page: Page, tags: set[str]) -> None:
        await page.socket.say({"watch": dict.fromkeys(tags, "0")})
        while "watching" not in (frame := await page.socket.hear(5)):
            hearing.assert_known(frame)
        assert set(frame["watching"]) | set(frame["refused"]) == tags
        assert set(frame["watching"]) == {tag for tag in tags if self.may_watch(tag)}
        # Hints of a room's activity travel with what is said in it: who watches either hears both, once.
        page.rooms = frozenset(
            live_tags.topic(tag) for tag in frame["watching"] if tag.startswith(("room:", "activity:"))
        )

    def may_watch(self, tag: str) -> bool:
        type_, _, id_ = tag.partition(":")
        if type_ in {"presence", "people"}:
            return True
        return id_ == str(self.viewer.pk) if type_ == "conversations" else id_ != str(self.rooms[2].pk)

    async def say(self, number: int) -> None:
        """Who watches hears it once; the others nothing of it."""
        room, author = self.rooms[number], self.authors[2 if number == 2 else 0]
        body = uuid.uuid4().hex
        await in_thread(lambda: room.post(author=author, client_id=uuid.uuid4(), body=body))
        pages = [page for page in self.pages if page]
        for page in sorted(pages, key=lambda page: room.topic not in page.rooms):  # first those who must hear it
            heard: list[dict[str, Any]] = []
            while room.topic in page.rooms and not any(body in json.dumps(frame) for frame in heard):
                heard.append(await page.socket.hear(5))
            heard += await hearing.until_refused(page.socket)
            assert sum(body in json.dumps(frame) for frame in heard) == (room.topic in page.rooms)
            for frame in heard:
                hearing.assert_known(frame)
                assert f"room:{self.rooms[2].pk}" not in json.dumps(frame)


@fuzzed(40)
@given(order=steps)
async def test_any_order_of_frames_is_heard_as_it_must_be(
    connect: Connect,
    alice: User,
    bob: User,
    charlie: User,
    alice_key: str,
    nothing_logged: NothingLogged,
    order: list[Step],
) -> None:
    talk = Talk(connect, alice_key, alice, await in_thread(rooms_of, alice, bob, charlie), [alice, bob, charlie])
    try:
        for step in order:
            await talk.do(step)
        await talk.say(0)
    finally:
        for which in (0, 1):
            await talk.leave(which, rudely=False)
    nothing_logged()


def rooms_of(alice: User, bob: User, charlie: User) -> list[Room]:
    open_room = Room.objects.filter(name="Open").first() or Room.objects.open_by(alice, kind="open", name="Open")
    closed = Room.objects.filter(name="Closed").first() or Room.objects.open_by(charlie, kind="closed", name="Closed")
    return [Room.objects.direct(alice, bob), open_room, closed]
