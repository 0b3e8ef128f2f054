"""The table of faults: a tag becomes stale at the worst moment, and the page is right within a second of the fault's end
(SECOND)."""

import os
import time
import urllib.request
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.db import connections
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import SECOND, Browse, cut_for, server_environment, watching
from tests.browser.test_live import HEADING
from tests.browser.test_processes import with_redis
from tests.live.conftest import session_of
from tests.servers import ChatServer, chat_server, redis_server

pytestmark = [pytest.mark.timed, pytest.mark.once("postgresql")]


def rename(user: User, name: str) -> None:
    """In a thread of its own: each of Playwright's handlers would have another connection, and leave it open."""

    def write() -> None:
        try:
            user.name = name
            user.save()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(write).result(10)


def expect_name(page: Page, room: Room, name: str) -> None:
    """The header and the sidebar say so within a second, which is all that a test waits."""
    ends = time.monotonic() + SECOND
    for place in (HEADING, f"#conversation-{room.pk} .conversation-title"):
        expect(page.locator(place)).to_have_text(name, timeout=max(1, 1000 * (ends - time.monotonic())))


def before_the_page_is_read(page: Page, write: Callable[[], None]) -> None:
    page.once("response", lambda _: write())  # the page itself: it was rendered, and its first bytes are here


def before_the_socket_opens(page: Page, write: Callable[[], None]) -> None:
    def handle(route: Route) -> None:
        write()
        route.continue_()

    page.route("**/js/live.js", handle, times=1)


@pytest.mark.parametrize("moment", [before_the_page_is_read, before_the_socket_opens])
def test_a_write_between_the_reading_of_a_page_and_its_watch_shows(
    browse: Browse, direct: Room, alice: User, bob: User, moment: Callable[[Page, Callable[[], None]], None]
) -> None:
    page = browse(alice, "/people/")
    moment(page, lambda: rename(bob, "Meanwhile"))
    page.goto(f"/rooms/{direct.pk}/")
    expect_name(page, direct, "Meanwhile")


def test_a_write_while_a_refetch_is_in_flight_is_fetched_once_more_afterwards(
    browse: Browse, direct: Room, alice: User, bob: User
) -> None:
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, f"people:{bob.pk}")
    answers: list[str] = []

    def hold(route: Route) -> None:
        answer = route.fetch()
        answers.append(answer.text())
        if len(answers) == 1:
            rename(bob, "Second")
            page.wait_for_timeout(700)  # its hint comes and goes, whatever the pace
        route.fulfill(response=answer)

    page.route("**/header/", hold)
    rename(bob, "First")
    page.wait_for_timeout(100)
    while not answers:
        page.wait_for_timeout(20)
    expect_name(page, direct, "Second")
    page.wait_for_timeout(1200)
    assert ["First" in answers[0], "Second" in answers[1]] == [True, True]
    assert len(answers) == 2, "once more, and then it is quiet"
    assert page.locator(HEADING).inner_text() == "Second"


def test_a_write_during_a_reconnect_shows(browse: Browse, direct: Room, alice: User, bob: User) -> None:
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, f"people:{bob.pk}")
    cut_for(page, 3000)
    rename(bob, "While you were away")
    page.wait_for_timeout(1000)
    assert page.locator(HEADING).inner_text() == "Bob Okafor", "it really was away"
    watching(page, f"people:{bob.pk}")
    expect_name(page, direct, "While you were away")


@with_redis
def test_a_flushed_redis_leaves_pages_right(browse: Browse, direct: Room, alice: User, bob: User) -> None:
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, f"people:{bob.pk}")
    server = redis.from_url(os.environ["REDIS_URL"])
    try:
        server.flushall()
        rename(bob, "After the flush")
        expect_name(page, direct, "After the flush")
        rename(bob, "Before the flush")
        server.flushall()
        expect_name(page, direct, "Before the flush")
        cut_for(page, 500)
        rename(bob, "Between a cut and a flush")
        server.flushall()
        watching(page, f"people:{bob.pk}")
        expect_name(page, direct, "Between a cut and a flush")
    finally:
        server.close()


@with_redis
@pytest.mark.parametrize("seconds", [0.2, 3, 7])
def test_a_page_is_right_within_a_second_of_the_return_of_redis_and_writes_succeed_without_it(
    browse: Browse, direct: Room, alice: User, bob: User, capsys: pytest.CaptureFixture[str], seconds: float
) -> None:
    lobby = Room.objects.lobby()
    lobby.join(bob)
    with redis_server() as server, chat_server(**server_environment(), REDIS_URL=server.url) as chat:
        here, elsewhere = (
            browse(alice, f"/rooms/{direct.pk}/", server=chat),
            browse(bob, f"/rooms/{lobby.pk}/", server=chat),
        )
        watching(here, direct.topic)
        watching(elsewhere, f"activity:{direct.pk}")
        server.kill()
        began = time.monotonic()
        took = post(chat, alice, direct, "without Redis")
        here.wait_for_timeout(1000 * max(0, began + seconds - time.monotonic()))
        server.start()
        back = time.monotonic()
        expect(here.get_by_text("without Redis", exact=True)).to_be_visible(timeout=9000)
        said = time.monotonic() - back
        expect(elsewhere.locator(f"#conversation-{direct.pk} .unread")).to_contain_text("1", timeout=9000)
        right = time.monotonic() - back
    with capsys.disabled():
        print(
            f"\nRedis away for {seconds} s: sent in {took:.2f} s; pages right after {said:.2f} s and {right:.2f} s",
            end=" ",
        )
    assert took < SECOND
    assert right < SECOND


def post(chat: ChatServer, user: User, room: Room, body: str) -> float:
    """Send a message as a browser does; returns the seconds that it took."""
    token = "a" * 32
    request = urllib.request.Request(
        f"{chat.url}/rooms/{room.pk}/messages/",
        data=f"body={body}&client_id={uuid.uuid4()}".encode(),
        headers={
            "Cookie": f"sessionid={session_of(user)}; csrftoken={token}",
            "X-CSRFToken": token,
            "HX-Request": "true",
        },
    )
    began = time.monotonic()
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 201
    return time.monotonic() - began
