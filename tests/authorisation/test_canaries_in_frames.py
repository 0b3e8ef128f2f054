"""Who is not in a room hears nothing of what happens there: no word, no name, not even that something happens."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.core.mail import EmailMessage
from prometheus_client import generate_latest

from accounts.models import User
from chat.marks import put_back
from chat.models import Membership, Message, Room
from chatpoc.live import counters
from chatpoc.live.hub import current_hub
from chatpoc.live.threads import in_thread
from presence.privacy import appear
from tests.authorisation.canaries import kept_in_cache
from tests.authorisation.people import INSIDE, OUTSIDE, SIGNED_IN, World
from tests.authorisation.test_frames import expected, heard, until, world
from tests.live.conftest import Connect, connect

__all__ = ["connect", "world"]

pytestmark = [pytest.mark.waits, pytest.mark.once]

PRIVATE = ("closed", "direct")


def happenings(room: Room, people: dict[str, User]) -> list[Callable[[], Any]]:
    """All that members do: each a transaction of its own."""
    member, moderator, newcomer = people["member"], people["moderator"], people["newcomer"]

    def spoken() -> Message:
        said: Message = room.messages.get(seq=5)
        return said

    both: list[Callable[[], Any]] = [
        lambda: room.post(author=member, client_id=uuid.uuid4(), body="canary-live-said"),
        lambda: spoken().edit_by(member, body="canary-live-edited"),
        lambda: put_back(moderator, room, 3),
        lambda: Membership.objects.get(room=room, user=member).notify_of("nothing"),
        lambda: spoken().delete_by(member),
        lambda: spoken().restore_by(member),
        lambda: save(room, subject="canary-live-topic"),  # as the admin does
    ]
    if room.kind == Room.Kind.DIRECT:
        return both
    renamed = {"name": "canary-live-name", "subject": "canary-live-subject", "kind": "closed"}
    return [
        *both,
        lambda: room.change(by=moderator, **renamed),
        lambda: room.invite(by=moderator, people=[newcomer]),
        lambda: Membership.objects.get(room=room, user=newcomer).make("moderator", by=moderator),
        lambda: room.remove(by=moderator, person=newcomer),
        lambda: room.leave(people["fellow"]),
        lambda: room.archive(by=moderator),
        lambda: room.reopen(by=moderator),
    ]


def save(room: Room, **fields: Any) -> None:
    stored = Room.objects.get(pk=room.pk)
    for name, value in fields.items():
        setattr(stored, name, value)
    stored.save(update_fields=list(fields))


@pytest.mark.parametrize("kind", PRIVATE)
async def test_outsiders_hear_nothing_of_a_private_room(
    connect: Connect, world: World, kind: str, caplog: pytest.LogCaptureFixture, mailoutbox: list[EmailMessage]
) -> None:
    caplog.set_level("DEBUG")
    room = world.rooms[kind]
    sockets = {who: await connect(world.sessions[who]) for who in SIGNED_IN}
    for who, socket in sockets.items():
        await until(socket, "watching", {"watch": dict.fromkeys(expected(who, world), "")})
    await heard(sockets, 1.5)
    for happening in happenings(room, world.people):
        await in_thread(happening)
    await sockets["member"].say({"typing": {room.topic: True}})
    await sockets["moderator"].say({"seen": {str(room.pk): [0, 5]}})
    words = ["canary-live-said", "canary-live-edited", '"typing"']
    words += [f'"{type_}:{room.pk}"' for type_ in ("receipts", "rooms", "activity")]
    frames = await heard(sockets, 2, lambda texts: all(word in texts[who] for who in INSIDE for word in words))
    assert {who: frames[who] for who in OUTSIDE} == dict.fromkeys(OUTSIDE, "")
    assert {(who, word) for who in INSIDE for word in words if word not in frames[who]} == set()
    groups = await groups_of_the_layer()
    assert any(str(room.pk) in group for group in groups)
    for told in (
        *groups,
        kept_in_cache("live"),
        kept_in_cache("default"),
        caplog.text,
        generate_latest(counters.registry).decode(),
    ):
        assert "canary" not in told
    assert not mailoutbox


async def groups_of_the_layer() -> list[str]:
    """By name, of every process that shares the layer."""
    layer = current_hub()._layer
    if hasattr(layer, "groups"):
        return list(layer.groups)
    client = caches["live"]._cache.get_client(write=True)  # type: ignore[attr-defined]
    return [channel.decode() for channel in await in_thread(client.pubsub_channels)]


async def test_of_an_open_room_outsiders_hear_what_a_list_of_the_open_ones_shows(
    connect: Connect, world: World
) -> None:
    room, people = world.rooms["open"], world.people
    sockets = {who: await connect(world.sessions[who]) for who in ("stranger", "member")}
    for who, socket in sockets.items():
        await until(socket, "watching", {"watch": dict.fromkeys(expected(who, world), "")})
    await heard(sockets, 1.5)
    await in_thread(lambda: room.post(author=people["member"], client_id=uuid.uuid4(), body="canary-live-said"))
    await sockets["member"].say({"typing": {room.topic: True}})
    assert (await heard(sockets, 1.5))["stranger"] == ""
    await in_thread(lambda: room.leave(people["fellow"]))
    now = (await heard(sockets, 1, lambda texts: "openrooms" in texts["stranger"]))["stranger"]
    assert set(re.findall(r'"([a-z]+:?\d*)": ?"', now)) <= {"openrooms", f"openrooms:{room.pk}"}, now
    assert "openrooms" in now


async def test_who_hides_is_to_everyone_as_who_left(
    connect: Connect, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else is heard of it, whoever listens: no word that they type or see, no tag of theirs, no count of a room."""
    monkeypatch.setattr("presence.seats.GRACE", 0.4)
    member = world.people["member"]
    sockets = {who: await connect(world.sessions[who]) for who in ("stranger", "root", "moderator", "member")}
    for who, socket in sockets.items():
        await until(socket, "watching", {"watch": dict.fromkeys(expected(who, world), "")})
    await heard(sockets, 1.5)
    await in_thread(lambda: appear(member, offline=True))
    told, others = f'"presence:{member.pk}"', ("stranger", "root", "moderator")
    left = await heard(sockets, 2, lambda texts: all(told in texts[who] for who in others))
    for who in others:
        tags = set(re.findall(r'"([a-z]+:\d+)":', left[who]))
        assert {tag for tag in tags if not tag.startswith("here:")} == {f"presence:{member.pk}"}, left[who]
    room = world.rooms["closed"]
    await sockets["member"].say({"typing": {room.topic: True}})
    await sockets["member"].say({"seen": {str(room.pk): [0, 4]}})
    await sockets["member"].say({"active": True})
    later = await heard(sockets, 1.5)
    assert [later[who] for who in others] == ["", "", ""]
