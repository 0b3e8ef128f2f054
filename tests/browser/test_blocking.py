"""Alice blocks Bob in real browsers: what she, he and Charlie see, each within a second."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Block, User
from chat.models import Room
from tests.browser.conftest import SECOND, Browse, watching, write
from tests.browser.test_axe import faults
from tests.browser.test_notifications import expect_told, look_away, stage
from tests.conftest import Say

pytestmark = [pytest.mark.once, pytest.mark.timed]

LINE = "of somebody you blocked"


@pytest.fixture
def lobby(alice: User, bob: User, charlie: User, direct: Room, say: Say) -> Room:
    room = Room.objects.lobby()
    for person in (alice, bob, charlie):
        room.join(person)
    said = ((alice, "hi"), (bob, "spam one"), (bob, "spam two"), (charlie, "well"), (bob, "spam three"))
    for author, text in said:
        say(room, author, text)
    return room


def block_from_the_card(page: Page) -> None:
    """By way of a page that asks."""
    page.locator(".message-head .person-link", has_text="Bob").first.click()
    page.get_by_role("dialog").get_by_role("link", name="Block …").click()
    expect(page.get_by_role("heading", name="Block Bob Okafor?")).to_be_visible()
    page.get_by_role("button", name="Block", exact=True).click()


def test_three_people_see_it_within_a_second(
    browse: Browse, lobby: Room, direct: Room, alice: User, bob: User, charlie: User
) -> None:
    page, other, third = (browse(person, f"/rooms/{lobby.pk}/") for person in (alice, bob, charlie))
    apart = browse(bob, f"/rooms/{direct.pk}/")
    for each in (page, other, third):
        watching(each, lobby.topic)
    watching(apart, direct.topic)
    dots = [each.locator(f"#conversation-{direct.pk} presence-dot") for each in (page, other)]
    for dot in dots:
        expect(dot).to_have_attribute("data-state", "online")
    apart.locator("textarea[name=body]").fill("half a word")
    block_from_the_card(page)
    expect(page.locator(".toasts")).to_contain_text("You blocked Bob Okafor.")
    assert Block.objects.get().person == bob
    for dot in dots:
        expect(dot).not_to_have_attribute("data-state", re.compile("."), timeout=1000 * SECOND)
    refusal = apart.get_by_text("You cannot write to this person.")
    expect(refusal).to_be_visible(timeout=1000 * SECOND)
    expect(apart.locator("textarea[name=body]")).to_have_value("half a word")
    expect(apart.get_by_role("button", name="Send")).to_be_hidden()
    expect(apart.get_by_text("You blocked")).to_be_hidden()
    what_he_says_is_folded_for_her_alone(page, other, third)
    by_keyboard_a_run_opens_and_closes(page)

    second = her_side_of_their_conversation(browse, page, lobby, direct, alice)
    page.get_by_role("button", name="Unblock").click()
    expect(page.locator("textarea[name=body]")).to_be_visible(timeout=1000 * SECOND)
    expect(second.get_by_role("button", name=LINE)).to_have_count(0, timeout=1000 * SECOND)
    expect(second.get_by_text("spam four")).to_be_visible()
    expect(refusal).to_be_hidden(timeout=1000 * SECOND)
    expect(apart.get_by_role("button", name="Send")).to_be_visible()
    for dot in dots:
        expect(dot).to_have_attribute("data-state", "online", timeout=3000 * SECOND)


def what_he_says_is_folded_for_her_alone(page: Page, other: Page, third: Page) -> None:
    folds = page.get_by_role("button", name=LINE)
    expect(folds).to_have_count(2)
    expect(folds.first).to_have_text("2 messages of somebody you blocked · Show")
    write(other, "spam four")
    expect(third.locator(".message-body", has_text="spam four")).to_be_visible(timeout=1000 * SECOND)
    expect(folds.last).to_have_text("2 messages of somebody you blocked · Show", timeout=1000 * SECOND)
    expect(page.get_by_text("spam")).to_have_count(4)
    for text in page.get_by_text("spam").all():
        expect(text).to_be_hidden()
    expect(third.locator("message-announcer")).to_contain_text("spam four")
    assert page.locator("message-announcer").inner_text() == ""
    other.locator("textarea[name=body]").press_sequentially("more")
    expect(third.locator("typing-line")).to_have_text("Bob Okafor is typing …")
    expect(page.locator("typing-line")).to_have_text("")
    for each in (third, other):
        expect(each.get_by_role("button", name=LINE)).to_have_count(0)


def by_keyboard_a_run_opens_and_closes(page: Page) -> None:
    fold = page.get_by_role("button", name=LINE).first
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("spam two")).to_be_visible()
    expect(fold).to_be_focused()
    expect(fold).to_have_attribute("aria-expanded", "true")
    assert faults(page, "folded and open") == []
    page.keyboard.press("Enter")
    expect(page.get_by_text("spam two")).to_be_hidden()


def her_side_of_their_conversation(browse: Browse, page: Page, lobby: Room, direct: Room, alice: User) -> Page:
    page.goto(f"/rooms/{direct.pk}/")
    expect(page.get_by_text("You blocked Bob Okafor.")).to_be_visible()
    expect(page.locator("textarea[name=body]")).to_be_hidden()
    watching(page, direct.topic)
    assert faults(page, "a conversation apart") == []
    second = browse(alice, f"/rooms/{lobby.pk}/")
    expect(second.get_by_role("button", name=LINE)).to_have_count(2)
    watching(second, lobby.topic)
    return second


def test_undo_takes_it_back_at_once(browse: Browse, lobby: Room, alice: User, bob: User) -> None:
    page = browse(alice, f"/rooms/{lobby.pk}/")
    watching(page, lobby.topic)
    block_from_the_card(page)
    page.locator(".toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".toasts")).to_have_text("")
    expect(page.get_by_role("button", name=LINE)).to_have_count(0)
    expect(page.get_by_text("spam two")).to_be_visible()
    assert not Block.objects.exists()


def test_arrows_pass_a_folded_run_as_one_and_enter_opens_it(
    browse: Browse, lobby: Room, alice: User, bob: User
) -> None:
    alice.block(bob)
    page = browse(alice, f"/rooms/{lobby.pk}/")
    expect(page.get_by_role("button", name=LINE)).to_have_count(2)
    page.locator(".log").focus()
    seqs = []
    for _ in range(4):
        page.keyboard.press("ArrowUp")
        seqs.append(page.evaluate("document.activeElement.dataset.seq"))
    assert seqs == ["5", "4", "2", "1"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("spam two")).to_be_visible()


def test_they_make_no_sound_and_no_notification_and_are_read_with_the_run(
    browse: Browse, lobby: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    alice.block(bob)
    page = stage(browse(alice, f"/rooms/{lobby.pk}/"))
    watching(page, lobby.topic)
    expect(page.locator(f"#conversation-{lobby.pk}[data-unread]")).to_have_count(
        0
    )  # what was folded is in sight, and read
    page.get_by_role("link", name="Find people").click()
    look_away(page)
    say(lobby, bob, "spam five")
    expect(page.locator(f"#conversation-{lobby.pk}[data-unread='1']")).to_be_visible()
    page.wait_for_timeout(700)
    assert page.evaluate("[notices.length, sounds]") == [0, 0]
    say(lobby, charlie, "a word")
    expect_told(page, ["Charlie Lindqvist in Lobby", "a word"])
    assert page.evaluate("sounds") == 2, "two tones, for whom she did not block"


def test_without_scripts_it_works_by_pages(browse: Browse, lobby: Room, direct: Room, alice: User, bob: User) -> None:
    page = browse(alice, f"/people/{bob.pk}/", java_script_enabled=False)
    page.get_by_role("link", name="Block …").click()
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.get_by_role("heading", level=1).first).to_have_text("Bob Okafor")
    expect(page.locator(".toasts")).to_contain_text("You blocked Bob Okafor.")
    page.goto(f"/rooms/{direct.pk}/")
    expect(page.get_by_text("You blocked Bob Okafor.")).to_be_visible()
    page.goto("/accounts/blocked/")
    page.get_by_role("button", name="Unblock Bob Okafor").click()
    expect(page.get_by_text("You blocked nobody.")).to_be_visible()
    assert not Block.objects.exists()
