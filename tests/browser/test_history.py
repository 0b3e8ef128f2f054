"""Reading on in both directions: what is read stays in its place, the page stays small, and each message has an address."""

import re
from typing import Any

import pytest
from django.db.models import F
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from chat.history import CATCH_UP
from chat.models import Message, Room
from chat.partials import publish_message
from tests.browser.conftest import Browse, cut_for, watching, write
from tests.browser.reading import Reader
from tests.conftest import Say
from tests.long_room import say_many

pytestmark = pytest.mark.once

LENGTH = 600
STEP = 1000  # px


@pytest.fixture
def room(direct: Room, alice: User, bob: User) -> Room:
    say_many(direct, [alice, bob], LENGTH)
    return direct


def edit(room: Room, seq: int, body: str) -> None:
    """As the room's verb does it, and pushed."""
    Room.objects.filter(pk=room.pk).update(version=F("version") + 1)
    room.refresh_from_db()
    room.messages.filter(seq=seq).update(body=body, version=room.version)
    message: Message = room.messages.select_related("author").get(seq=seq)
    message.room = room
    publish_message(message)


def text_of(page: Page, seq: int) -> Any:
    return page.locator(f"[data-seq='{seq}'] .message-body")


def test_reading_far_up_and_back_keeps_the_place_and_the_page_small(
    browse: Browse, room: Room, alice: User, bob: User, say: Say
) -> None:
    page = browse(alice, f"/rooms/{room.pk}/")
    watching(page, room.topic)
    reader, to_newest = Reader(page), page.locator(".to-newest")
    expect(to_newest).to_be_hidden()
    while reader.first() > 40:
        reader.scroll(-STEP)
    assert reader.most < 400
    expect(to_newest).to_have_text("Jump to newest")
    # What is said now does not belong here; what is edited here, does.
    for number in range(2):
        say(room, bob, f"news {number}")
    expect(to_newest).to_have_text("2 new messages")
    say(room, alice, "from my phone")
    here, place = reader.first() + 1, reader.top_of(reader.first() + 1)
    edit(room, here - 1, "edited above\nto\nfive\nlines\nof text")
    edit(room, here + 3, "edited below\nto\nthree lines")
    edit(room, LENGTH - 20, "edited out of sight")
    expect(text_of(page, here - 1)).to_contain_text("edited above")
    expect(text_of(page, here + 3)).to_contain_text("edited below")
    expect(page.get_by_text("from my phone", exact=True)).to_have_count(0)
    expect(page.get_by_text("edited out of sight")).to_have_count(0)
    expect(to_newest).to_have_text("2 new messages")
    assert abs(reader.top_of(here) - place) <= 2
    cut_for(page, 50)
    watching(page, room.topic)
    assert reader.rest() <= 2, "a reconnect moves nothing"
    for _ in range(8):
        page.locator("chat-log").press("PageUp")
        assert reader.rest() < 800
    expect(page.get_by_text("This is where the conversation starts.")).to_have_count(1)
    while reader.first() < LENGTH - 60:
        reader.scroll(STEP)
    expect(text_of(page, LENGTH - 20)).to_have_text("edited out of sight")
    while not page.locator("chat-log").evaluate("log => log.scrollTop > -2"):
        reader.scroll(STEP)
    expect(page.get_by_text("from my phone", exact=True)).to_be_in_viewport()
    expect(to_newest).to_be_hidden()
    shown = page.locator(".messages [data-seq]").evaluate_all("all => all.map(({ dataset }) => Number(dataset.seq))")
    assert shown == list(range(shown[0], LENGTH + 4))
    assert reader.worst <= 2
    assert reader.most < 400


def test_a_permalink_opens_around_its_message_and_leads_on(
    browse: Browse, room: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    path = f"/rooms/{room.pk}/messages/300/"
    page = browse(alice, path)
    watching(page, room.topic)
    reader, target = Reader(page), page.locator("[data-seq='300']")
    expect(target).to_be_focused()
    expect(target).to_have_attribute("data-found", "")
    log = page.locator("chat-log").bounding_box()
    assert log
    assert abs(reader.top_of(300) - log["y"] - log["height"] / 2) < 150, "in the middle"
    expect(page.locator(f"#conversation-{room.pk}")).to_have_attribute("aria-current", "page")
    say(room, bob, "meanwhile")
    expect(page.locator(".to-newest")).to_have_text("1 new message")
    expect(page.locator("message-announcer")).to_have_text("1 new message")  # not the last one that is shown
    for by in [STEP] * 5 + [-STEP] * 10:
        reader.scroll(by)
    assert reader.worst <= 2
    # Another one on the page: no reload, and back again.
    page.evaluate("window.same = true")
    other = page.locator(f".messages [data-seq='{reader.first() + 2}']")
    seq, place = int(other.get_attribute("data-seq") or 0), reader.top_of(reader.first() + 2)
    page.evaluate("seq => document.querySelector(`[data-seq='${seq}'] .permalink`).click()", seq)
    expect(page).to_have_url(re.compile(f"/messages/{seq}/$"))
    expect(other).to_be_focused()
    page.go_back()
    expect(page).to_have_url(re.compile(path + "$"))
    expect(page.locator(f"[data-seq='{seq}']")).to_be_in_viewport()
    reader.rest()
    assert abs(reader.top_of(seq) - place) <= 2
    # What one says from here is shown among the newest.
    write(page, "from the past")
    mine = page.locator(".messages:not(.outbox) .message[data-mine]").last
    expect(mine.locator(".message-body")).to_have_text("from the past")
    expect(mine).to_be_in_viewport()
    expect(page.get_by_text("from the past", exact=True)).to_have_count(1)
    expect(page.get_by_text("meanwhile", exact=True)).to_be_in_viewport()
    expect(page.locator(".to-newest")).to_be_hidden()
    expect(page).to_have_url(re.compile(f"/rooms/{room.pk}/$"))
    page.go_back()
    expect(page).to_have_url(re.compile(path + "$"))
    page.locator(".to-newest").click()
    expect(page.get_by_text("from the past", exact=True)).to_be_in_viewport()
    assert page.evaluate("window.same"), "without a reload"
    stranger = browse(charlie, path)
    expect(stranger.locator("[data-seq]")).to_have_count(0)


def test_the_end_key_and_a_link_said_in_the_room_move_the_window(
    browse: Browse, room: Room, alice: User, bob: User, say: Say
) -> None:
    page = browse(alice, f"/rooms/{room.pk}/?before=100")
    watching(page, room.topic)
    page.locator("chat-log").press("End")
    expect(text_of(page, LENGTH)).to_be_in_viewport()
    expect(page).to_have_url(re.compile(f"/rooms/{room.pk}/$"))
    page.evaluate("window.same = true")
    say(room, bob, f"look: {page.url}messages/7/")
    page.locator(".message-body a", has_text="messages/7/").click()
    expect(page.locator("[data-seq='7']")).to_be_focused()
    expect(page).to_have_url(re.compile("/messages/7/$"))
    page.go_back()
    expect(page.locator(".message-body a", has_text="messages/7/")).to_be_in_viewport()
    assert page.evaluate("window.same"), "without a reload"


def test_a_page_that_does_not_come_can_be_asked_for_again(browse: Browse, room: Room, alice: User) -> None:
    page = browse(alice, f"/rooms/{room.pk}/")
    watching(page, room.topic)
    page.route("**/messages/?before=*", lambda route: route.abort())
    page.locator("chat-log").press("Home")
    again = page.get_by_role("link", name="Try again")
    expect(again).to_be_in_viewport()
    page.unroute_all()
    again.click()
    expect(text_of(page, LENGTH - 60)).to_have_count(1)
    page.route("**/messages/?before=*", lambda route: route.fulfill(status=500))
    page.locator("chat-log").press("Home")
    expect(again).to_be_in_viewport()
    page.unroute_all()
    cut_for(page, 50)
    expect(text_of(page, LENGTH - 110)).to_have_count(1)


def test_a_page_that_comes_late_is_brought_up_to_date_or_let_go(
    browse: Browse, room: Room, alice: User, charlie: User, bob: User, say: Say
) -> None:
    other = Room.objects.direct(alice, charlie)
    page = browse(alice, f"/rooms/{room.pk}/")
    watching(page, room.topic)
    late: list[tuple[Route, Any]] = []
    page.route("**/messages/?before=*", lambda route: late.append((route, route.fetch())))
    page.locator("chat-log").press("Home")
    reader = Reader(page)
    for _ in range(100):
        if late:
            break
        page.wait_for_timeout(20)
    edit(room, LENGTH - 60, "edited on the way")
    say(room, bob, "said on the way")
    expect(page.get_by_text("said on the way", exact=True)).to_have_count(1)
    route, response = late.pop()
    assert "edited on the way" not in response.text()
    route.fulfill(response=response)
    page.unroute_all()
    expect(text_of(page, LENGTH - 60)).to_have_text("edited on the way")
    # It is left before its page comes.
    page.route("**/messages/?before=*", lambda route: late.append((route, route.fetch())))
    reader.page.locator("chat-log").press("Home")
    for _ in range(100):
        if late:
            break
        page.wait_for_timeout(20)
    page.locator(f"#conversation-{other.pk}").click()
    expect(page.get_by_text("No messages yet.")).to_be_visible()
    route, response = late.pop()
    route.fulfill(response=response)
    page.unroute_all()
    say(other, charlie, "only this")
    expect(page.locator(".messages:not(.outbox) .message-body")).to_have_text(["only this"])


def test_who_reads_the_past_and_was_away_too_long_stays_there(
    browse: Browse, room: Room, alice: User, bob: User, say: Say
) -> None:
    page = browse(alice, f"/rooms/{room.pk}/messages/300/")
    watching(page, room.topic)
    reader = Reader(page)
    reader.scroll(-300)
    seq = reader.first() + 1
    place = reader.top_of(seq)
    page.evaluate("document.querySelector('#live')._htmx.ws.connection.config.reconnect = false")
    page.evaluate("document.querySelector('#live')._htmx.ws.connection.socket.close()")
    for i in range(CATCH_UP + 1):
        say(room, bob, f"away {i}")
    page.evaluate("document.querySelector('.messages').dispatchEvent(new Event('stale'))")
    expect(page.locator(f".messages[data-newest='{LENGTH + CATCH_UP + 1}']")).to_have_count(1)
    reader.rest()
    assert abs(reader.top_of(seq) - place) <= 2
    page.locator(".to-newest").click()
    expect(page.get_by_text(f"away {CATCH_UP}", exact=True)).to_be_in_viewport()


def test_without_javascript_links_lead_through_the_past(browse: Browse, room: Room, alice: User) -> None:
    page = browse(alice, f"/rooms/{room.pk}/messages/300/", java_script_enabled=False)
    expect(text_of(page, 300)).to_be_in_viewport()
    page.get_by_role("link", name="Older messages").click()
    expect(text_of(page, 274)).to_have_count(1)
    page.get_by_role("link", name="Newer messages").click()
    expect(text_of(page, 275)).to_have_count(1)
    page.locator("[data-seq='280'] .permalink").click()
    expect(page).to_have_url(re.compile("/messages/280/$"))
    page.get_by_role("link", name="Jump to newest").click()
    expect(text_of(page, LENGTH)).to_have_count(1)
