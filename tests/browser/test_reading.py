"""Reading: the end is followed only by those who are there, and history grows upwards without a jump."""

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from accounts.models import User
from chat.history import CATCH_UP
from chat.models import Room
from tests.browser.conftest import Browse, bodies, watching, write
from tests.conftest import Say

pytestmark = pytest.mark.once

LOG = "chat-log"


def place(page: Page, text: str) -> float:
    """How far below the top of the log a message stands, in px."""
    box = page.get_by_text(text, exact=True).bounding_box()
    assert box
    return box["y"]


def scroll(page: Page, top: int) -> None:
    page.locator(LOG).evaluate("(log, top) => log.scrollTop = top", top)
    page.wait_for_timeout(100)


def at_end(page: Page) -> bool:
    return bool(page.locator(LOG).evaluate("log => Math.abs(log.scrollTop) < 2"))


@pytest.fixture
def page(browse: Browse, direct: Room, alice: User, bob: User, say: Say) -> Page:
    for i in range(130):
        say(direct, (alice, bob)[i // 3 % 2], f"number {i + 1}")
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, direct.topic)
    return page


def test_a_room_opens_at_its_newest_message_and_follows_the_end(
    page: Page, browse: Browse, direct: Room, bob: User
) -> None:
    assert at_end(page)
    bobs = browse(bob, f"/rooms/{direct.pk}/")
    write(bobs, "the newest")
    expect(page.get_by_text("the newest", exact=True)).to_be_in_viewport()
    assert at_end(page)
    expect(page.locator(".to-newest")).to_be_hidden()


def test_a_reader_further_up_is_not_moved_and_gets_a_button(
    page: Page, browse: Browse, direct: Room, bob: User
) -> None:
    scroll(page, -500)
    before = place(page, "number 115")
    bobs = browse(bob, f"/rooms/{direct.pk}/")
    for i in range(3):
        write(bobs, f"news {i}\nof two lines")
    expect(page.locator(".to-newest")).to_be_visible()
    expect(page.locator(".messages .message-body").last).to_have_text("news 2\nof two lines")
    assert abs(place(page, "number 115") - before) <= 2
    page.locator(".to-newest").click()
    expect(page.locator(".message-body", has_text="news 2")).to_be_in_viewport()
    expect(page.locator(".to-newest")).to_be_hidden()


def test_one_s_own_message_brings_the_end_into_sight(page: Page) -> None:
    scroll(page, -500)
    write(page, "mine")
    expect(page.get_by_text("mine", exact=True)).to_be_in_viewport()
    expect(page.locator(".to-newest")).to_be_hidden()


def test_older_messages_come_while_scrolling_up_without_a_jump(page: Page) -> None:
    assert len(bodies(page)) == 50
    page.locator(LOG).evaluate("log => log.scrollTop = 700 - log.scrollHeight + log.clientHeight")
    before = place(page, "number 95")
    expect(page.locator(".messages:not(.outbox) .message")).to_have_count(100)
    assert abs(place(page, "number 95") - before) <= 2
    page.locator(LOG).evaluate("log => log.scrollTop = -log.scrollHeight")
    expect(page.locator(".messages:not(.outbox) .message")).to_have_count(130)
    expect(page.get_by_text("This is where the conversation starts.")).to_have_count(1)
    assert bodies(page) == [f"number {i + 1}" for i in range(130)]


def test_messages_of_one_author_stand_together_under_one_name(page: Page) -> None:
    heads = page.locator(".messages:not(.outbox) .message:not([data-follows])").count()
    assert 16 <= heads <= 18, "fifty messages in threes"
    expect(page.locator("[data-day]")).to_have_attribute("data-day", "Today")
    mine = page.locator(".message[data-mine] .message-body").all_inner_texts()
    assert mine == [f"number {i + 1}" for i in range(80, 130) if i // 3 % 2 == 0]


def test_a_page_that_was_away_too_long_shows_the_newest_and_keeps_the_draft(
    page: Page, direct: Room, bob: User, say: Say
) -> None:
    page.locator("textarea[name=body]").fill("still here")
    page.evaluate("document.querySelector('#live')._htmx.ws.connection.config.reconnect = false")
    page.evaluate("document.querySelector('#live')._htmx.ws.connection.socket.close()")
    for i in range(CATCH_UP + 20):
        say(direct, bob, f"away {i}")
    page.evaluate("document.querySelector('.messages').dispatchEvent(new Event('stale'))")
    expect(page.get_by_text(f"away {CATCH_UP + 19}", exact=True)).to_be_in_viewport()
    assert len(bodies(page)) == 50
    expect(page.locator("textarea[name=body]")).to_have_value("still here")
    write(page, "and writing")
    expect(page.locator(".messages:not(.outbox) .message-body").last).to_have_text("and writing")


def test_a_socket_that_died_without_a_word_is_noticed_when_the_page_wakes_up(
    browse: Browse, direct: Room, alice: User, bob: User
) -> None:
    """A closed lid: the socket looks open, and nothing comes through it either way."""
    page = browse(alice, "/people/")
    dead: list[WebSocketRoute] = []

    def wire(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        route.on_message(lambda text: None if route in dead else server.send(text))
        server.on_message(lambda text: None if route in dead else route.send(text))
        sockets.append(route)

    sockets: list[WebSocketRoute] = []
    page.route_web_socket(re.compile("/ws/$"), wire)
    page.goto(f"/rooms/{direct.pk}/")
    watching(page, direct.topic)
    dead.extend(sockets)
    write(browse(bob, f"/rooms/{direct.pk}/"), "are you there?")
    page.wait_for_timeout(500)
    assert bodies(page) == []
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("are you there?", exact=True)).to_be_visible(timeout=10_000)
    assert len(sockets) == 2


def test_times_are_the_viewer_s_own(browse: Browse, direct: Room, alice: User, say: Say) -> None:
    message = say(direct, alice)
    for zone, offset in (("Asia/Tokyo", 9), ("America/Caracas", -4)):
        page = browse(alice, f"/rooms/{direct.pk}/", timezone_id=zone, locale="en-GB")
        hour = (message.created_at.hour + offset) % 24
        expect(page.locator(".message local-time")).to_have_text(
            re.compile(f"^{hour:02}:{message.created_at.minute:02}$")
        )
