"""What is unread is counted where one looks from another tab."""

import re
import urllib.parse

from playwright.sync_api import expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching
from tests.conftest import Say


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
    assert ">4</text>" in urllib.parse.unquote(icon.get_attribute("href") or "")
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
