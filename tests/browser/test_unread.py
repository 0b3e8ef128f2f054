"""What is unread is counted where one looks from another tab."""

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
