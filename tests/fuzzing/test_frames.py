"""Whatever a socket is sent, it answers or is closed for a known reason; others hear everything; and nothing of it stays."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from chat.models import Room
from chatpoc.live.hub import current_hub
from chatpoc.live.threads import in_thread
from tests.fuzzing import frames, hearing
from tests.fuzzing.budget import fuzzed
from tests.fuzzing.conftest import NothingLogged
from tests.live.conftest import Connect, Socket

pytestmark = pytest.mark.once


def test_every_word_that_the_socket_hears_is_drawn() -> None:
    assert frames.shapes([1]).keys() == frames.words()


class Witness:
    """Bob, who hears what is said, whatever Alice's sockets are sent."""

    def __init__(self, connect: Connect, key: str, room: Room, author: User) -> None:
        self.connect, self.key, self.room, self.author = connect, key, room, author
        self.socket: Socket | None = None

    async def hears_everything(self) -> None:
        if self.socket is None:
            self.socket = await self.connect(self.key)
            await self.socket.ask({"watch": {self.room.topic: "0"}})
        message = await in_thread(lambda: self.room.post(author=self.author, client_id=uuid.uuid4(), body="hello"))
        while (frame := await self.socket.hear(5)).get("version") != str(message.version):
            hearing.assert_known(frame)
        assert frame["tag"] == self.room.topic


@pytest.fixture
def witness(connect: Connect, bob_key: str, direct: Room, alice: User) -> Witness:
    return Witness(connect, bob_key, direct, alice)


@fuzzed(80)
@given(data=st.data())
async def test_no_frame_breaks_a_socket_or_disturbs_another(
    connect: Connect, witness: Witness, alice: User, alice_key: str, nothing_logged: NothingLogged, data: st.DataObject
) -> None:
    sent = data.draw(st.lists(frames.frames([witness.room.pk, alice.pk, 1]), min_size=1, max_size=6))
    await send(await connect(alice_key), alice, sent)
    await witness.hears_everything()
    nothing_logged()


@pytest.mark.parametrize("sent", [frames.UNREADABLE, frames.ODD[:12], frames.ODD[12:]])
async def test_what_is_odd_on_purpose_breaks_nothing(
    connect: Connect, witness: Witness, alice: User, alice_key: str, nothing_logged: NothingLogged, sent: list[str]
) -> None:
    for text in sent:
        await send(await connect(alice_key), alice, [text])
    await witness.hears_everything()
    nothing_logged()


async def send(socket: Socket, viewer: User, sent: list[str]) -> None:
    try:
        assert await hearing.answers(socket) == []  # from here on the hub knows it
        [consumer] = [one for one in current_hub().sockets if one.viewer == viewer]
        for text in sent:
            await socket.send_input({"type": "websocket.receive", "text": text})
            heard = await hearing.answers(socket)
            if heard is None:
                break
            if not frames.can_mean_something(text):
                assert [set(frame) for frame in heard] == [{"error"}], f"{text[:500]!r} was not refused"
    finally:
        await socket.disconnect()
    assert not hearing.held(current_hub(), consumer)
