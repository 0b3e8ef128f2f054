"""Who is shut out hears nothing more within a second, whoever did it and however: on a page, in the admin, in a shell."""

import asyncio
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from accounts.models import User
from chat.models import Room
from chatpoc import live
from chatpoc.live.threads import in_thread
from tests.chat.rooms import room_of
from tests.chat.test_admin_rooms import form_of
from tests.conftest import make_person, prove, signed_in
from tests.live.conftest import Connect, Socket, session_of
from tests.live.shutting_out import CLOSED, PERSON, ROOM, SHELL, STAFF, SUSPENDED

SECOND = 1.0
OF_A_ROOM = ("room", "rooms", "activity", "members", "here", "receipts")

Way = Callable[[], object]


def in_shell(line: str, bob: User, room: Room, key: str = "") -> None:
    names: dict[str, Any] = {}
    exec(SHELL.format(bob=bob.pk, room=room.pk, key=key), names)  # noqa: S102
    exec(line, names)  # noqa: S102


@pytest.fixture
def room(transactional_db: None, alice: User, bob: User, charlie: User) -> Room:
    """A closed room that Alice moderates, with Bob in it."""
    return room_of(alice, bob, kind=Room.Kind.CLOSED)


@pytest.fixture
def root(transactional_db: None) -> Client:
    return signed_in(User.objects.create_superuser("root@example.com", "root", name="Root"))


async def say(room: Room, author: User) -> None:
    await in_thread(lambda: room.post(author=author, client_id=uuid.uuid4(), body="a secret"))


# Of a person, whole


def entry_of(client: Client, user: User, key: str) -> UserSession:
    entry: UserSession = UserSession.objects.create(user=user, session_key=key, ip="127.0.0.1", user_agent="x")
    return entry


def with_cookie(key: str) -> Client:
    client = Client()
    client.cookies["sessionid"] = key
    return client


def proven(user: User) -> Client:
    client = signed_in(user)
    prove(client, "builder-2000")
    return client


def reset_password(bob: User) -> None:
    Client().post("/accounts/password/reset/", {"email": bob.email})
    found = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
    assert found
    client = Client()
    client.post(client.get(found[1])["Location"], {"password1": "looking-glass-1", "password2": "looking-glass-1"})


def person_page(bob: User, **changes: Any) -> dict[str, Any]:
    fields = {"name": bob.name, "handle": bob.handle, "email": bob.email, "is_active": "on", "is_staff": "on"}
    return {name: value for name, value in (fields | changes).items() if value is not None}


PAGES: dict[str, Callable[[User, str, Client], Any]] = {
    "log-out in another tab": lambda bob, key, root: with_cookie(key).post("/accounts/logout/"),
    "log-out of the admin": lambda bob, key, root: with_cookie(key).post("/admin/logout/"),
    "signed out there": lambda bob, key, root: signed_in(bob).post(
        f"/accounts/sessions/{entry_of(root, bob, key).pk}/"
    ),
    "signed out everywhere else": lambda bob, key, root: (
        entry_of(root, bob, key),
        signed_in(bob).post("/accounts/sessions/"),
    )[1],
    "a new password": lambda bob, key, root: signed_in(bob).post(
        "/accounts/password/change/",
        {"oldpassword": "builder-2000", "password1": "looking-glass-1", "password2": "looking-glass-1"},
    ),
    "a forgotten password": lambda bob, key, root: reset_password(bob),
    "deactivated": lambda bob, key, root: (
        entry_of(root, bob, key),
        proven(bob).post("/accounts/account/deactivation/"),
    )[1],
    "deleted": lambda bob, key, root: (entry_of(root, bob, key), proven(bob).post("/accounts/account/deletion/"))[1],
    "admin: shut out": lambda bob, key, root: root.post(f"/admin/accounts/user/{bob.pk}/exclusion/", {"post": "yes"}),
    "admin: shut out from the list": lambda bob, key, root: root.post(
        "/admin/accounts/user/", {"action": "shut_out", "_selected_action": [bob.pk], "post": "yes"}
    ),
    "admin: sessions ended": lambda bob, key, root: (
        entry_of(root, bob, key),
        root.post(f"/admin/accounts/user/{bob.pk}/sign-out/", {"post": "yes"}),
    )[1],
    "admin: deleted": lambda bob, key, root: root.post(f"/admin/accounts/user/{bob.pk}/delete/", {"post": "yes"}),
    "admin: deleted from the list": lambda bob, key, root: root.post(
        "/admin/accounts/user/", {"action": "delete_selected", "_selected_action": [bob.pk], "post": "yes"}
    ),
    "admin: the session's entry deleted": lambda bob, key, root: root.post(
        f"/admin/usersessions/usersession/{entry_of(root, bob, key).pk}/delete/", {"post": "yes"}
    ),
    "admin: entries deleted from the list": lambda bob, key, root: root.post(
        "/admin/usersessions/usersession/",
        {"action": "delete_selected", "_selected_action": [entry_of(root, bob, key).pk], "post": "yes"},
    ),
}


async def test_who_is_shut_out(
    connect: Connect, alice_key: str, room: Room, root: Client, mailoutbox: list[Any], subtests: pytest.Subtests
) -> None:
    """One after the other, since some make everybody's sockets look again."""
    other = await connect(alice_key)
    for way in [*PAGES, *PERSON]:
        bob = await in_thread(someone, room, "row" not in way and "deleted" not in way)
        key = await in_thread(session_of, bob)
        socket = await connect(key)
        await socket.ask({"watch": {f"people:{bob.pk}": "0"}})
        with subtests.test(way):
            if way in PAGES:
                answer = await in_thread(lambda: PAGES[way](bob, key, root))  # noqa: B023
                assert answer is None or answer.status_code in {200, 302}, answer.content.decode()
            else:
                await in_thread(entry_of, root, bob, key)
                await in_thread(in_shell, PERSON[way], bob, room, key)
            assert await closed_with(socket) == 4401
            if way not in {"all sessions deleted", "sessions emptied by raw SQL"}:
                assert await answer_to(other, {}), "and nobody else"
            else:
                assert await closed_with(other) == 4401
                await in_thread(lambda: root.force_login(User.objects.get(handle="root")))
                other = await connect(await in_thread(lambda: session_of(User.objects.get(handle="alice"))))


HOUR = {"post": "yes", "length": "hour", "because": "shouting"}
SUSPENDING: dict[str, Callable[[User, Client], Any]] = {
    "admin": lambda bob, root: root.post(f"/admin/accounts/user/{bob.pk}/suspension/", HOUR),
    "admin: from the list": lambda bob, root: root.post(
        "/admin/accounts/user/", HOUR | {"action": "suspend", "_selected_action": [bob.pk]}
    ),
}


async def test_who_is_suspended_hears_nothing_and_opens_no_socket_until_it_is_over(
    connect: Connect, alice: User, alice_key: str, room: Room, root: Client, subtests: pytest.Subtests
) -> None:
    other = await connect(alice_key)
    for way in [*SUSPENDING, *SUSPENDED]:
        bob = await in_thread(someone, room)
        key = await in_thread(session_of, bob)
        socket = await connect(key)
        await socket.ask({"watch": {room.topic: "0"}})
        with subtests.test(way):
            if way in SUSPENDING:
                answer = await in_thread(lambda: SUSPENDING[way](bob, root))  # noqa: B023
                assert answer.status_code == 302
            else:
                await in_thread(in_shell, SUSPENDED[way], bob, room, key)
            assert await closed_with(socket) == 4031
            again = await connect(key)
            assert await again.closed_with() == 4031
            await say(room, alice)
            assert await answer_to(other, {}), "and nobody else"
            await in_thread(lambda: bob.unsuspend(by=None))  # noqa: B023
            back = await connect(key)
            assert (await answer_to(back, {room.topic: "0"}))["refused"] == []


def someone(room: Room, member: bool = True) -> User:  # noqa: FBT001, FBT002
    """Another Bob."""
    handle = f"bob_{uuid.uuid4().hex[:8]}"
    bob = make_person(handle, "Bob", password="builder-2000", is_staff=True)
    if member:  # who is in a room is told more, and that is not what this is about
        room.join(bob)
    return bob


async def closed_with(socket: Socket) -> int:
    """Hints may come before the end, and nothing after it."""
    async with asyncio.timeout(SECOND):
        while (event := await socket.receive_output(SECOND))["type"] != "websocket.close":
            assert "stale" in event["text"] or "refused" in event["text"]
    assert await socket.receive_nothing(0.05)
    return int(event["code"])


# Of a room


def remove_in_admin(root: Client, room: Room, bob: User) -> Any:
    place = room.memberships.get(user=bob)
    return root.post("/admin/chat/membership/", {"action": "remove", "_selected_action": place.pk, "asked": "yes"})


ROOM_PAGES: dict[str, Callable[[User, User, Room, Client], Any]] = {
    "removed": lambda alice, bob, room, root: signed_in(alice).post(f"/rooms/{room.pk}/people/{bob.pk}/removal/"),
    "left in another tab": lambda alice, bob, room, root: signed_in(bob).post(f"/rooms/{room.pk}/leaving/"),
    "admin: removed": lambda alice, bob, room, root: remove_in_admin(root, room, bob),
    "admin: the room deleted": lambda alice, bob, room, root: root.post(
        f"/admin/chat/room/{room.pk}/delete/", {"post": "yes"}
    ),
}


async def test_who_is_out_of_a_room(
    connect: Connect,
    alice: User,
    bob: User,
    charlie: User,
    bob_key: str,
    alice_key: str,
    root: Client,
    subtests: pytest.Subtests,
) -> None:
    out: list[tuple[Room, Socket]] = []
    other = await connect(alice_key)
    for way in [*ROOM_PAGES, *ROOM]:
        room = await in_thread(room_of, alice, bob)
        wanted = {f"{type_}:{room.pk}" for type_ in OF_A_ROOM}
        socket = await connect(bob_key)
        assert (await answer_to(socket, dict.fromkeys(wanted, "0")))["refused"] == []
        with subtests.test(way):
            if way in ROOM_PAGES:
                answer = await in_thread(lambda: ROOM_PAGES[way](alice, bob, room, root))  # noqa: B023
                assert answer.status_code == 302
            else:
                await in_thread(in_shell, ROOM[way], bob, room)
            await until_refused(socket, wanted)
            out.append((room, socket))
            if "room deleted" not in way:
                await say(room, alice)
                await answer_to(other, {room.topic: "0"})
                await other.say({"typing": {room.topic: True}})
                live.look_again([f"here:{room.pk}", f"receipts:{room.pk}"])
    assert len(out) == len(ROOM_PAGES) + len(ROOM)
    await asyncio.sleep(1.3)  # what comes once a second has come
    for room, socket in out:
        await heard_nothing_of(room, socket)
        wanted = {f"{type_}:{room.pk}" for type_ in OF_A_ROOM}
        assert set((await answer_to(socket, dict.fromkeys(wanted, "0")))["refused"]) == wanted


async def until_refused(socket: Socket, wanted: set[str]) -> None:
    refused: set[str] = set()
    async with asyncio.timeout(SECOND):
        while refused < wanted:
            refused |= set((await socket.hear(SECOND)).get("refused", ()))


async def heard_nothing_of(room: Room, socket: Socket) -> None:
    while not await socket.receive_nothing(0.01):
        frame = str(await socket.receive_from())
        assert "content" not in frame
        assert not re.search(rf'"({"|".join(OF_A_ROOM)}):{room.pk}"', frame), frame


async def answer_to(socket: Socket, watch: dict[str, str]) -> dict[str, Any]:
    await socket.say({"watch": watch})
    while "watching" not in (frame := await socket.hear()):
        pass
    return frame


# What only staff may watch

STAFF_PAGES: dict[str, Callable[[User, Client], Any]] = {
    "admin": lambda bob, root: root.post(f"/admin/accounts/user/{bob.pk}/change/", person_page(bob, is_staff=None)),
}


@pytest.mark.parametrize("way", [*STAFF_PAGES, *STAFF])
async def test_who_is_no_longer_staff(
    connect: Connect, alice: User, bob: User, bob_key: str, room: Room, root: Client, way: str
) -> None:
    await in_thread(lambda: User.objects.filter(pk=bob.pk).update(is_staff=True))
    socket = await connect(bob_key)
    assert (await socket.ask({"watch": {"insight": "0"}}))["watching"] == ["insight"]
    if way in STAFF_PAGES:
        assert (await in_thread(lambda: STAFF_PAGES[way](bob, root))).status_code == 302
    else:
        await in_thread(in_shell, STAFF[way], bob, room)
    async with asyncio.timeout(SECOND):
        while "refused" not in (frame := await socket.hear(SECOND)):
            pass
    assert frame["refused"] == ["insight"]
    await say(room, alice)  # something to count
    assert await socket.receive_nothing(0.3)
    as_bob = await in_thread(signed_in, bob)
    for path in ("/live/", "/live/figures/"):
        assert (await in_thread(as_bob.get, path)).status_code == 404
    assert (await in_thread(as_bob.get, "/admin/")).status_code == 302


# An open room that was closed, to who is not in it


async def test_an_open_room_that_was_closed(
    connect: Connect, alice: User, bob: User, charlie_key: str, charlie: User, root: Client, subtests: pytest.Subtests
) -> None:
    as_charlie = await in_thread(signed_in, charlie)
    for way in ["page", "admin", *CLOSED]:
        room: Room = await in_thread(room_of, alice, bob, "open", f"Room of the {way}")
        socket, preview = await connect(charlie_key), f"openrooms:{room.pk}"
        assert (await socket.ask({"watch": {preview: "0"}}))["watching"] == [preview]
        with subtests.test(way):
            await in_thread(close_room, way, room, alice, charlie, root)
            await until_refused(socket, {preview})
            await in_thread(go_on, room, bob)
            assert await socket.receive_nothing(0.4)
            for path in ("", "preview/", "messages/"):
                assert (await in_thread(as_charlie.get, f"/rooms/{room.pk}/{path}")).status_code == 404


def close_room(way: str, room: Room, alice: User, charlie: User, root: Client) -> None:
    if way == "page":
        page = {"name": room.name, "subject": "", "kind": "closed"}
        assert signed_in(alice).post(f"/rooms/{room.pk}/settings/", page).status_code == 302
    elif way == "admin":
        sent = form_of(root, room) | {"kind": "closed"}
        assert root.post(f"/admin/chat/room/{room.pk}/change/", sent).status_code == 302
    else:
        in_shell(CLOSED[way], charlie, room)


def go_on(room: Room, bob: User) -> None:
    held = Room.objects.get(pk=room.pk)
    held.leave(bob)
    held.name = "Secret plans"
    held.save()
    Room.objects.filter(pk=room.pk).update(subject="secret")


# An archived room is read as before, and nobody speaks in it


@pytest.mark.parametrize("way", ["page", "admin", "update"])
async def test_an_archived_room(
    connect: Connect, alice: User, bob: User, bob_key: str, room: Room, root: Client, way: str
) -> None:
    socket = await connect(bob_key)
    await socket.ask({"watch": {room.topic: "0"}})

    def archive() -> None:
        if way == "page":
            assert signed_in(alice).post(f"/rooms/{room.pk}/archive/").status_code == 302
        elif way == "admin":
            sent = {"action": "archive", "_selected_action": room.pk, "asked": "yes"}
            assert root.post("/admin/chat/room/", sent).status_code == 302
        else:
            in_shell("Room.objects.update(archived_at='2026-01-01T10:00Z')", bob, room)

    await in_thread(archive)
    as_bob = await in_thread(signed_in, bob)
    sent = {"body": "too late", "client_id": uuid.uuid4()}
    assert (await in_thread(lambda: as_bob.post(f"/rooms/{room.pk}/messages/", sent))).status_code == 403
    assert (await in_thread(as_bob.get, f"/rooms/{room.pk}/")).status_code == 200
    assert (await answer_to(socket, {room.topic: "0"}))["watching"] == [room.topic]
