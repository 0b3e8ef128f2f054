"""Who hears of a report: moderators that something came, and who complained what came of it. Nobody hears of the others."""

from typing import Any

import pytest

from accounts.models import User
from chat.models import Message, Report, Room
from chatpoc.live.threads import in_thread
from tests.chat.reports import complaint_of, moderator
from tests.chat.rooms import room_of
from tests.live.conftest import Connect, session_of

pytestmark = pytest.mark.waits


@pytest.fixture
def said(transactional_db: None, alice: User, bob: User, charlie: User) -> Message:
    """By Alice, to Bob and Charlie."""
    room: Room = room_of(alice, bob)
    room.join(charlie)
    return room.post(author=alice, client_id="0" * 32, body="buy my watches")  # type: ignore[arg-type]


@pytest.fixture
def dora(transactional_db: None) -> User:
    return moderator()


async def heard(socket: Any) -> set[str]:
    """The tags that it is told of."""
    found: set[str] = set()
    while not await socket.receive_nothing(0.5):
        found |= (await socket.hear()).get("stale", {}).keys()
    return found


async def test_each_hears_what_is_theirs(
    connect: Connect, said: Message, alice: User, bob: User, charlie: User, dora: User
) -> None:
    people = {"alice": alice, "bob": bob, "charlie": charlie, "dora": dora}
    sockets = {name: await connect(await in_thread(session_of, person)) for name, person in people.items()}
    for name, socket in sockets.items():
        tags = ["reports", *(f"complaints:{person.pk}" for person in people.values())]
        answer = await socket.ask({"watch": dict.fromkeys(tags, "")})
        assert set(answer["watching"]) == {f"complaints:{people[name].pk}"} | ({"reports"} if name == "dora" else set())

    async def told() -> dict[str, set[str]]:
        return {name: tags for name, socket in sockets.items() if (tags := await heard(socket))}

    report = await in_thread(complaint_of, said, bob)
    assert await told() == {"bob": {f"complaints:{bob.pk}"}, "dora": {"reports"}}
    await in_thread(complaint_of, said, charlie)
    assert await told() == {"charlie": {f"complaints:{charlie.pk}"}, "dora": {"reports"}}, "Bob is not told of Charlie"
    await in_thread(lambda: report.resolve(by=dora, outcome="acted"))
    both = {"bob": {f"complaints:{bob.pk}"}, "charlie": {f"complaints:{charlie.pk}"}}
    assert await told() == both | {"dora": {"reports"}}
    await in_thread(lambda: Report.objects.update(outcome="nothing"))
    assert (await told()).keys() <= {"bob", "charlie", "dora"}, "many at once: whole types, and nobody else"
