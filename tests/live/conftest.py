"""A real consumer under the real hub, on whichever layer the settings name."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from channels.layers import channel_layers
from channels.testing import WebsocketCommunicator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import User
from chatpoc.asgi import application
from chatpoc.live.hub import current_hub

ORIGIN = b"http://chat.test"
PATIENT = {  # a second's promise takes a second, and hardly any work
    *("faults", "fragments", "insight", "lost_hints", "open_rooms", "receipts", "rechecks", "revocation", "sessions"),
    *("shut_out", "socket", "states"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "live" and item.path.stem.removeprefix("test_") in PATIENT:
            item.add_marker(pytest.mark.waits)


def session_of(user: User) -> str:
    """The key of a new session; for fixtures, which run outside the loop."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


class Socket(WebsocketCommunicator):
    """One browser's socket."""

    async def say(self, frame: object) -> None:
        await self.send_to(text_data=json.dumps(frame))

    async def hear(self, timeout: float = 3) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self.receive_from(timeout))
        return frame

    async def ask(self, frame: object) -> dict[str, Any]:
        await self.say(frame)
        return await self.hear()

    async def closed_with(self, timeout: float = 3) -> int:
        event = await self.receive_output(timeout)
        assert event["type"] == "websocket.close", event
        return int(event["code"])


Connect = Callable[..., Any]


@pytest_asyncio.fixture
async def connect(transactional_db: None) -> AsyncIterator[Connect]:
    """Open a socket: `await connect(session_key)`; whatever is open at the end is closed, and so is the hub."""
    channel_layers.backends = {}
    sockets: list[Socket] = []

    async def open_socket(session_key: str = "", *, origin: bytes | None = ORIGIN, path: str = "/ws/") -> Socket:
        headers = [(b"host", b"chat.test"), (b"cookie", f"sessionid={session_key}".encode())]
        socket = Socket(application, path, headers + ([(b"origin", origin)] if origin else []))
        sockets.append(socket)
        accepted, _ = await socket.connect(timeout=5)
        assert accepted
        return socket

    yield open_socket
    for socket in sockets:
        if not socket.future.done():
            await socket.disconnect()
    hub = current_hub()
    await hub.stop()
    assert not hub.sockets, "a socket that is gone stayed in the hub"
    if hasattr(hub._layer, "flush"):
        await hub._layer.flush()


@pytest.fixture
def alice_key(transactional_db: None, alice: User) -> str:
    return session_of(alice)


@pytest.fixture
def bob_key(transactional_db: None, bob: User) -> str:
    return session_of(bob)


@pytest.fixture
def charlie_key(transactional_db: None, charlie: User) -> str:
    return session_of(charlie)
