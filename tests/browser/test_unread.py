"""What is unread is counted where one looks from another tab."""

import re
import urllib.parse

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from chat.models import Membership, Room
from tests.browser.conftest import Browse, cut_for, watching, write
from tests.browser.test_receipts import look_at, look_away
from tests.conftest import Say

pytestmark = pytest.mark.once


def test_the_title_and_the_icon_count_what_is_unread(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    other = Room.objects.direct(alice, charlie)
    page = browse(alice, "/people/")
    watching(page, f"activity:{direct.pk}")
    icon = page.locator("link[rel=icon]")
    expect(page).to_have_title("People · ChatPOC")
    for i in range(3):
        say(direct, bob, f"{i}")
    say(other, charlie)
    expect(page).to_have_title("(4) People · ChatPOC")
    expect(icon).to_have_attribute("href", re.compile(re.escape(urllib.parse.quote(">4</text>", safe=""))))
    page.locator(f"#conversation-{direct.pk}").click()
    expect(page).to_have_title("(1) Bob Okafor · ChatPOC")
    for _ in range(100):
        say(other, charlie)
    expect(page).to_have_title("(99+) Bob Okafor · ChatPOC")
    assert ">9+</text>" in urllib.parse.unquote(icon.get_attribute("href") or "")
    page.locator(f"#conversation-{other.pk}").click()
    expect(page).to_have_title("Charlie Lindqvist · ChatPOC")
    assert "<text" not in urllib.parse.unquote(icon.get_attribute("href") or "")


def test_one_button_reads_everything_and_is_there_while_there_is_something(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    other = Room.objects.direct(alice, charlie)
    page, second = browse(alice, "/people/"), browse(alice, "/")
    for each in (page, second):
        watching(each, f"activity:{direct.pk}")
    button = page.get_by_role("button", name="Mark all as read")
    expect(button).to_be_hidden()
    say(direct, bob)
    say(other, charlie)
    expect(second.locator(".conversation .unread")).to_have_count(2)
    button.click()
    for each in (page, second):
        expect(each.locator(".conversation .unread")).to_have_count(0)
        expect(each).to_have_title(re.compile("^[^(]"))
    expect(button).to_be_hidden()
    expect(page).to_have_url(re.compile("/people/$"))


PUT_BACK = """message => message.dispatchEvent(
    new CustomEvent("message:unread", { bubbles: true, detail: { seq: Number(message.dataset.seq) } })
)"""


def line(page: Page) -> Locator:
    return page.locator(".message[data-new]")


def count(page: Page, room: Room) -> Locator:
    return page.locator(f"#conversation-{room.pk} .unread")


def all_count(unread: int, room: Room, *pages: Page) -> None:
    for page in pages:
        if unread:
            expect(count(page, room)).to_have_text(f"unread messages: {unread}")
        else:
            expect(count(page, room)).to_have_count(0)


def test_a_line_stands_where_reading_stopped_until_one_writes_leaves_or_marks_as_read(
    browse: Browse, direct: Room, alice: User, bob: User, say: Say
) -> None:
    for i in range(70):
        say(direct, bob, f"number {i + 1}")
    Membership.objects.filter(user=alice).update(read_seq=50, seen_seq=50)
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, direct.topic)

    # More is unread than fits: one begins where one stopped, and what is below the view stays unread
    expect(line(page)).to_contain_text("number 51")
    expect(line(page)).to_be_in_viewport()
    expect(line(page)).to_have_attribute("data-new", "New messages")
    expect(count(page, direct)).to_have_text(re.compile(r"unread messages: ([1-9]|1\d)$"))
    page.locator("chat-log").evaluate("log => log.scrollTop = 0")
    expect(count(page, direct)).to_have_count(0)
    expect(line(page)).to_contain_text("number 51")

    # What comes while one looks on is no news; what comes while one is away is
    page.keyboard.press("Escape")
    expect(line(page)).to_have_count(0)
    say(direct, bob, "while you look")
    expect(page.locator(".message-body", has_text="while you look")).to_be_in_viewport()
    expect(line(page)).to_have_count(0)
    page.wait_for_timeout(1100)
    look_away(page)
    say(direct, bob, "while you were away")
    say(direct, bob, "and again")
    expect(line(page)).to_contain_text("while you were away")
    expect(page).to_have_title("(2) Bob Okafor · ChatPOC")
    look_at(page)
    expect(page).to_have_title("Bob Okafor · ChatPOC")
    expect(line(page)).to_contain_text("while you were away")
    write(page, "I am back")
    expect(line(page)).to_have_count(0)

    # The line is above: a button leads there; or takes it away, and all is read
    page.locator("chat-log").evaluate("log => log.scrollTop = 0")
    page.locator(".message", has_text="number 40").evaluate(PUT_BACK)
    expect(count(page, direct)).to_have_text("unread messages: 35")
    expect(line(page)).to_contain_text("number 40")


def test_what_is_put_back_is_unread_everywhere_until_it_is_opened_anew(
    browse: Browse, direct: Room, alice: User, bob: User, say: Say
) -> None:
    for i in range(120):
        say(direct, bob, f"number {i + 1}")
    page, second = browse(alice, f"/rooms/{direct.pk}/"), browse(alice, f"/rooms/{direct.pk}/")
    phone = browse(alice, "/", is_mobile=True)
    for each in (page, second, phone):
        watching(each, f"activity:{direct.pk}")

    # More is unread than is on the page: the button leads to the first
    jump = page.locator(".unread-jump a")
    expect(jump).to_have_text("120 new messages")
    expect(jump).to_have_attribute("href", f"/rooms/{direct.pk}/messages/1/")
    page.get_by_role("button", name="Mark as read", exact=True).click()
    expect(jump).to_be_hidden()
    all_count(0, direct, page, second, phone)

    # From a message on, in all tabs and devices, and none of those that show it reads it again
    page.locator(".message", has_text="number 118").evaluate(PUT_BACK)
    expect(line(page)).to_contain_text("number 118")
    all_count(3, direct, page, second, phone)
    for each in (page, second):
        look_away(each)
        look_at(each)
        each.locator("chat-log").evaluate("log => log.scrollTop = -300")
        each.locator("chat-log").evaluate("log => log.scrollTop = 0")
    cut_for(page, 300)
    watching(page, direct.topic)
    page.wait_for_timeout(1200)
    all_count(3, direct, page, second, phone)
    phone.locator(f"#conversation-{direct.pk}").click()
    expect(line(phone)).to_contain_text("number 118")
    all_count(0, direct, page, second, phone)

    # The whole conversation, from its menu; a new message that is seen reads it
    page.get_by_label("Conversation menu").click()
    page.get_by_role("button", name="Mark as unread").click()
    expect(line(page)).to_contain_text("number 120")
    all_count(1, direct, page, second)
    say(direct, bob, "something new")
    all_count(0, direct, page, second)

    # While the line is above the view a button leads to it
    page.keyboard.press("Escape")
    expect(line(page)).to_have_count(0)
    look_away(page)
    for i in range(30):
        say(direct, bob, f"later {i}\nand more")
    expect(jump).to_have_text("30 new messages")
    expect(jump).to_be_visible()
    jump.click()
    expect(line(page)).to_be_in_viewport()
    expect(jump).to_be_hidden()

    # What did not reach the server is said
    page.route("**/unread/", lambda route: route.abort())
    page.locator(".message", has_text="later 3").first.evaluate(PUT_BACK)
    expect(page.locator(".unread-trouble")).to_contain_text("Try again")
