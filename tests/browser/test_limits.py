"""A limit is one limit, however many processes there are."""

import re
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http.cookiejar import CookieJar

import pytest

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import server_environment
from tests.browser.test_processes import with_redis
from tests.live.conftest import session_of
from tests.servers import ChatServer, chat_server


def guess(server: ChatServer, login: str, password: str) -> str:
    """What the page says. Each guess comes from a browser of its own, and to one name: both are behind one proxy."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    url, name = f"{server.url}/accounts/login/", {"Host": "localhost"}
    with browser.open(urllib.request.Request(url, headers=name)) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert token
    data = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "login": login, "password": password})
    with browser.open(urllib.request.Request(url, data.encode(), headers=name), timeout=10) as answer:
        html = answer.read().decode()
    alert = re.search(r'role="alert">([^<]+)<', html)
    return alert[1] if alert else "in"


@with_redis
@pytest.mark.processes
def test_guesses_at_two_processes_count_as_one(chat: ChatServer, transactional_db: None, alice: User) -> None:
    with chat_server(**server_environment()) as other:
        said = [guess((chat, other)[turn % 2], "alice", "guess") for turn in range(5)]
        assert all("are not correct" in text for text in said), said
        for server in (chat, other):
            assert "Too many failed" in guess(server, "alice", "wonderland-9"), "the right password, from either"
            assert "are not correct" in guess(server, "bob", "guess"), "another's account is not locked"


def send(server: ChatServer, room: Room, session: str) -> int:
    """The status."""
    token = "a" * 32
    headers = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token, "HX-Request": "true"}
    data = f"body=hello&client_id={uuid.uuid4()}".encode()
    request = urllib.request.Request(f"{server.url}/rooms/{room.pk}/messages/", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


@with_redis
@pytest.mark.processes
def test_messages_sent_to_two_processes_from_two_sessions_count_as_one(
    transactional_db: None, alice: User, direct: Room
) -> None:
    few = server_environment() | {"LIMITS": "send=3/9h 1000/9h"}
    with chat_server(**few) as one, chat_server(**few) as other:
        sessions = [session_of(alice) for _ in range(2)]
        sent = [send((one, other)[turn % 2], direct, sessions[turn // 2 % 2]) for turn in range(6)]
    assert sent == [201] * 3 + [429] * 3
    assert direct.messages.count() == 3
