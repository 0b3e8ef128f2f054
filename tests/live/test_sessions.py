"""A session's end closes its own sockets within a second, whoever ends it and where, and leaves all others open."""

import time
from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import User
from chatpoc.live.threads import in_thread
from tests.live.conftest import Connect, session_of

SECOND = 1.0  # the promise


def listed(user: User) -> str:
    """The key of a session that stands in its owner's list."""
    key = session_of(user)
    UserSession.objects.create(user=user, session_key=key, ip="10.0.0.1", user_agent="Firefox Windows")
    return key


@pytest.fixture
def keys(transactional_db: None, alice: User) -> tuple[str, str]:
    return listed(alice), listed(alice)


def browser(key: str) -> Client:
    client = Client()
    client.cookies["sessionid"] = key
    return client


def entry(key: str) -> UserSession:
    return UserSession.objects.get(session_key=key)


def out_from_the_list(here: str, there: str) -> None:
    assert browser(here).post(f"/accounts/sessions/{entry(there).pk}/").status_code == 302


def out_everywhere_else(here: str, there: str) -> None:
    browser(here).post("/accounts/sessions/")


def log_out(here: str, there: str) -> None:
    browser(there).post("/accounts/logout/")


def row_deleted(here: str, there: str) -> None:
    entry(there).delete()


def rows_deleted(here: str, there: str) -> None:
    UserSession.objects.filter(session_key=there).delete()


@pytest.mark.parametrize("way", [out_from_the_list, out_everywhere_else, log_out, row_deleted, rows_deleted])
async def test_just_the_sockets_of_that_session_close_within_a_second(
    connect: Connect, keys: tuple[str, str], bob_key: str, way: Callable[[str, str], None]
) -> None:
    here, there = keys
    staying, other, tabs = await connect(here), await connect(bob_key), [await connect(there) for _ in range(2)]
    for socket in (staying, other, *tabs):
        await socket.ask({"watch": {}})
    await in_thread(way, here, there)
    started = time.monotonic()  # the page itself may take its time
    assert [await tab.closed_with(SECOND) for tab in tabs] == [4401, 4401]
    assert time.monotonic() - started < SECOND
    for socket in (staying, other):
        assert (await socket.ask({"watch": {}}))["watching"] == []
    assert await (await connect(there)).closed_with() == 4401, "and its cookie opens no new one"


async def test_deactivation_closes_every_socket_of_that_person_and_no_others(
    connect: Connect, alice: User, keys: tuple[str, str], bob_key: str
) -> None:
    sockets, other = [await connect(key) for key in keys], await connect(bob_key)
    for socket in (*sockets, other):
        await socket.ask({"watch": {}})
    await in_thread(alice.deactivate)
    assert [await socket.closed_with(SECOND) for socket in sockets] == [4401, 4401]
    assert (await other.ask({"watch": {}}))["watching"] == []
    await in_thread(alice.come_back)
    assert await (await connect(keys[0])).closed_with() == 4401, "who comes back signs in anew"


async def test_a_new_password_closes_the_sockets_of_the_other_sessions(
    connect: Connect, keys: tuple[str, str], bob_key: str
) -> None:
    here, there = keys
    client, elsewhere, other = browser(here), await connect(there), await connect(bob_key)
    for socket in (elsewhere, other):
        await socket.ask({"watch": {}})
    data = {"oldpassword": "wonderland-9", "password1": "looking-glass-1", "password2": "looking-glass-1"}
    await in_thread(client.post, "/accounts/password/change/", data)
    assert await elsewhere.closed_with(SECOND) == 4401
    assert (await other.ask({"watch": {}}))["watching"] == []
    staying = await connect(str(client.cookies["sessionid"].value))
    assert (await staying.ask({"watch": {}}))["watching"] == []


async def test_a_socket_leaves_a_session_as_it_is_when_the_secret_key_changes(
    connect: Connect, alice_key: str, settings: object
) -> None:
    """Django gives it a new key at the next page; a socket could not tell the browser."""
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another" * 10  # type: ignore[attr-defined]
    for _ in range(2):
        assert (await (await connect(alice_key)).ask({"watch": {}}))["watching"] == []
