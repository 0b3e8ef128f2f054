"""A limit on guesses is one limit, however many processes there are."""

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest

from accounts.models import User
from tests.browser.conftest import server_environment
from tests.browser.test_processes import with_redis
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
