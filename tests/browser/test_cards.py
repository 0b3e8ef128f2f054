"""A person's card, over whatever page one is on."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching
from tests.browser.test_people import ROW
from tests.conftest import Say

pytestmark = pytest.mark.once


def test_a_card_opens_over_the_conversation_follows_and_leads_to_a_chat(
    browse: Browse, alice: User, bob: User, say: Say
) -> None:
    lobby = Room.objects.lobby()
    lobby.join(alice)
    lobby.join(bob)
    say(lobby, bob, "click me")
    page = browse(alice, f"/rooms/{lobby.pk}/")
    watching(page, lobby.topic)
    page.locator(".message-head .person-link").click()
    card = page.get_by_role("dialog")
    expect(card.get_by_role("heading")).to_have_text("Bob Okafor")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.locator(".message-head .person-link").press("Enter")
    expect(card.get_by_role("heading")).to_have_text("Bob Okafor")
    bob.name = "Robert"
    bob.save()
    expect(card.get_by_role("heading")).to_have_text("Robert")
    card.get_by_role("button", name="Message").click()
    expect(page.locator("#room-title")).to_have_text("Robert")
    expect(card).to_be_hidden()


def test_a_card_is_named_and_closed_by_its_button_and_focus_goes_back(browse: Browse, alice: User, bob: User) -> None:
    page = browse(alice, "/people/")
    link = page.locator(ROW.format(bob)).locator(".person-link")
    link.press("Enter")
    card = page.get_by_role("dialog", name="Bob Okafor")
    expect(card).to_be_visible()
    card.get_by_role("button", name="Close").click()
    expect(card).to_be_hidden()
    expect(link).to_be_focused()


def test_a_slow_card_opens_neither_over_a_later_one_nor_over_another_page(
    browse: Browse, alice: User, bob: User, charlie: User
) -> None:
    page = browse(alice, "/people/")
    held: list[Route] = []
    page.route(f"**/people/{bob.pk}/card/", lambda route: held.append(route))  # noqa: PLW0108  (Playwright inspects it)
    slow, quick = (page.locator(ROW.format(person)).locator(".person-link") for person in (bob, charlie))
    slow.click()
    quick.click()
    expect(page.get_by_role("dialog", name=charlie.name)).to_be_visible()
    let_go(page, held)
    expect(page.get_by_role("dialog", name=charlie.name)).to_be_visible()
    page.keyboard.press("Escape")
    slow.click()
    page.get_by_role("button", name=f"Message {charlie.name}").click()
    expect(page.locator("#room-title")).to_have_text(charlie.name)
    let_go(page, held)
    expect(page.get_by_role("dialog")).to_be_hidden()


def let_go(page: Page, held: list[Route]) -> None:
    with page.expect_response("**/card/"):
        held.pop().continue_()
    page.wait_for_timeout(200)


def test_the_time_on_a_card_goes_on_and_follows_the_zone(browse: Browse, alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(time_zone="Asia/Tokyo")
    page = browse(alice, "/")
    page.clock.install(time="2026-01-15T12:34:30Z")
    page.goto(f"/people/{bob.pk}/")
    shown = page.locator("local-time[format=now]")
    expect(shown).to_have_text(re.compile("0?9:34"))
    page.clock.fast_forward(31000)
    expect(shown).to_have_text(re.compile("0?9:35"))
    page.clock.fast_forward(60000)
    expect(shown).to_have_text(re.compile("0?9:36"))
    shown.evaluate("element => element.setAttribute('zone', 'Asia/Kolkata')")
    expect(shown).to_have_text(re.compile("0?6:06"))
