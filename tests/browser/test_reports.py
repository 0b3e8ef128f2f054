"""Two people and a moderator: a message is reported, deleted in the real admin, and those who reported it hear of that."""

import time

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Message, Report, Room
from tests.browser.conftest import Browse, watching
from tests.chat.reports import moderator
from tests.chat.rooms import room_of
from tests.conftest import Say

pytestmark = pytest.mark.once

NOTICE = "The message that you reported was looked at:"
SOON = 1000  # ms, as promised


@pytest.fixture
def room(alice: User, bob: User, charlie: User, say: Say) -> Room:
    room = room_of(alice, bob, kind="open")
    room.join(charlie)
    say(room, bob, "good morning")
    say(room, alice, "buy my watches")
    return room


def test_from_the_toolbar_to_the_notice(browse: Browse, room: Room, alice: User, bob: User, charlie: User) -> None:
    dora = moderator()
    pages = {person.handle: browse(person, f"/rooms/{room.pk}/") for person in (alice, bob, charlie)}
    for page in pages.values():
        watching(page, room.topic)
    by_toolbar(pages["bob"])
    assert Report.objects.get().complained == 1
    own_has_no_such_button(pages["bob"])
    by_keyboard(pages["charlie"])
    assert Report.objects.get().complained == 2

    admin = browse(dora, "/admin/")
    admin.get_by_role("link", name="1 report waits for a moderator").click()
    expect(admin.locator("#result_list")).to_contain_text("buy my watches")
    expect(admin.locator("#result_list")).to_contain_text("2: Harassment or bullying, Spam or advertising")
    admin.get_by_role("link", name="buy my watches").click()
    expect(admin.locator(".reported")).to_contain_text("buy my watches")
    expect(admin.locator(".report-complaints")).to_contain_text("He does this every day.")
    admin.get_by_role("button", name="Take it").click()
    expect(admin.locator(".report-line")).to_contain_text("You have taken it.")
    admin.get_by_label("Reason").fill("advertising")
    admin.get_by_role("button", name="Delete the message").click()
    for name in ("alice", "bob"):
        expect(pages[name].locator(".message[data-deleted]")).to_be_attached(timeout=SOON)
        expect(pages[name].get_by_text("buy my watches")).to_have_count(0)
    expect(admin.get_by_label("something was done")).to_be_checked()
    admin.get_by_role("button", name="Resolve").click()
    for name in ("bob", "charlie"):
        expect(pages[name].locator(".outcome")).to_contain_text(NOTICE, timeout=SOON)
        expect(pages[name].locator(".outcome")).to_contain_text("something was done.")
    expect(pages["alice"].locator(".outcome")).to_have_count(0)
    second_tab = browse(bob, "/reports/")
    pages["bob"].get_by_role("button", name="Put this notice away").click()
    for page in (pages["bob"], second_tab):
        expect(page.locator(".outcome")).to_have_count(0)
    expect(pages["charlie"].locator(".outcome")).to_have_count(1)


def by_toolbar(page: Page) -> None:
    page.locator(".message", has_text="buy my watches").hover()
    page.get_by_role("toolbar").get_by_role("button", name="Report").click()
    expect(page.get_by_role("heading", name="Report a message")).to_be_visible()
    expect(page.locator(".reported")).to_contain_text("buy my watches")
    page.get_by_label("What should moderators know?").fill("He does this every day.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Choose what is wrong with it.")).to_be_visible()
    expect(page.get_by_label("What should moderators know?")).to_have_value("He does this every day.")
    page.get_by_label("Spam or advertising").check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Thank you. A moderator will look at it.")).to_be_visible()
    page.get_by_role("link", name="Back to the conversation").click()
    expect(page.locator(".message:focus")).to_contain_text("buy my watches")


def own_has_no_such_button(page: Page) -> None:
    page.locator(".log").focus()
    page.keyboard.press("Home")
    expect(page.locator(".message:focus")).to_contain_text("good morning")
    expect(page.get_by_role("toolbar").get_by_role("button", name="Edit")).to_be_visible()
    expect(page.get_by_role("toolbar").get_by_role("button", name="Report")).to_be_hidden()
    page.keyboard.press("r")
    expect(page.locator(".message:focus")).to_be_visible()


def by_keyboard(page: Page) -> None:
    page.locator(".log").focus()
    page.keyboard.press("End")
    expect(page.locator(".message:focus")).to_contain_text("buy my watches")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Report a message")).to_be_visible()
    page.get_by_label("Harassment or bullying").check()
    page.get_by_label("What should moderators know?").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you. A moderator will look at it.")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page.locator(".message", has_text="buy my watches")).to_be_visible()


def test_a_person_from_their_card_and_without_a_script(browse: Browse, room: Room, alice: User, bob: User) -> None:
    page = browse(bob, f"/rooms/{room.pk}/")
    watching(page, room.topic)
    page.locator(".message", has_text="buy my watches").locator("b.message-author").click()
    page.get_by_role("link", name="Report Alice Moreau").click()
    expect(page.get_by_role("heading", name="Report Alice Moreau")).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_label("Something else").check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Say in a few words what is wrong.")).to_be_visible()
    page.get_by_label("What should moderators know?").fill("An account for advertising")
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator(".thanks")).to_be_visible()

    plain = browse(bob, f"/rooms/{room.pk}/", java_script_enabled=False)
    plain.get_by_role("link", name="Report a message").click()
    plain.get_by_role("link", name="Report", exact=True).click()
    plain.get_by_label("Spam or advertising").check()
    plain.get_by_role("button", name="Send the report").click()
    expect(plain.locator(".thanks")).to_be_visible()
    assert sorted(report.message is None for report in Report.objects.all()) == [False, True]


def test_a_moderator_s_count_follows(browse: Browse, room: Room, alice: User, bob: User) -> None:
    page = browse(moderator(), "/")
    page.wait_for_selector("html[data-watching~='reports']", state="attached")
    expect(page.locator(".open-reports .unread")).to_have_count(0)
    began = time.monotonic()
    Report.objects.of_message(Message.objects.get(seq=2), by=bob, reason="spam")
    expect(page.locator(".open-reports .unread")).to_have_text("1", timeout=SOON)
    assert time.monotonic() - began < 2
