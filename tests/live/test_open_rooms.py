"""What anyone may follow of rooms is what the list of the open ones shows, and no write to another room is heard there."""

import uuid

from accounts.models import User
from chat.models import Room
from chatpoc.live.threads import in_thread
from tests.chat.rooms import room_of
from tests.live.conftest import Connect


async def test_a_stranger_hears_of_open_rooms_and_never_of_a_closed_one(
    connect: Connect, alice: User, bob: User, charlie_key: str
) -> None:
    closed, open_one = await in_thread(
        lambda: (room_of(alice, bob, "closed", "Secret"), room_of(alice, bob, "open", "Yard"))
    )
    socket = await connect(charlie_key)
    wanted = ["openrooms", f"openrooms:{open_one.pk}", f"openrooms:{closed.pk}"]
    wanted += [
        f"{type_}:{room.pk}" for room in (closed, open_one) for type_ in ("rooms", "members", "activity", "room")
    ]
    answer = await socket.ask({"watch": dict.fromkeys(wanted, "")})
    assert answer["watching"] == ["openrooms", f"openrooms:{open_one.pk}"]

    def within_the_closed_one() -> None:
        closed.change(by=alice, name="Secret still", subject="x", kind="closed")
        closed.memberships.get(user=bob).make("moderator", by=alice)
        closed.post(author=bob, client_id=uuid.uuid4(), body="psst")
        closed.leave(bob)
        closed.invite(by=alice, people=[bob])
        closed.remove(by=alice, person=bob)
        closed.archive(by=alice)
        closed.reopen(by=alice)

    await in_thread(within_the_closed_one)
    assert await socket.receive_nothing(1)
    await in_thread(lambda: open_one.post(author=bob, client_id=uuid.uuid4(), body="said inside"))
    assert await socket.receive_nothing(1), "what is said in an open room is for who is in it"

    for work in (
        lambda: open_one.leave(bob),
        lambda: open_one.change(by=alice, name="Yard", subject="now with a topic", kind="open"),
        lambda: open_one.change(by=alice, name="Yard", subject="now with a topic", kind="closed"),
        lambda: Room.objects.get(pk=closed.pk).change(by=alice, name="Open now", subject="", kind="open"),
    ):
        await in_thread(work)
        heard = [await socket.hear()]
        while not await socket.receive_nothing(0.5):
            heard.append(await socket.hear())
        named = {tag for frame in heard for tag in frame.get("stale", frame.get("refused"))}
        assert {tag.partition(":")[0] for tag in named} == {"openrooms"}
        refused = [tag for frame in heard for tag in frame.get("refused", ())]
        assert refused in ([], [f"openrooms:{open_one.pk}"]), heard
