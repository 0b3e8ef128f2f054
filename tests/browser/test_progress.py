"""A thin line says that a page which was asked for is on its way, when it takes longer than a moment."""

import pytest
from playwright.sync_api import Route, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching

pytestmark = pytest.mark.once


def test_a_slow_page_shows_a_line_and_what_follows_by_itself_shows_none(
    browse: Browse, direct: Room, alice: User, bob: User
) -> None:
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, f"people:{bob.pk}")
    bar = page.locator("progress-bar")
    bar.evaluate(
        "(bar) => new MutationObserver(() => bar.classList.add('was-shown')).observe(bar, { attributeFilter: ['data-shown'] })"
    )
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/header/", hold)
    bob.name = "Robert"
    bob.save()
    while not held:
        page.wait_for_timeout(20)
    page.wait_for_timeout(500)
    held.pop().continue_()
    expect(page.locator("#room-title")).to_have_text("Robert")
    assert bar.get_attribute("class") is None, "it followed by itself"

    page.route("**/people/", hold)
    page.get_by_label("Find people").click()
    expect(bar).to_be_visible()
    held.pop().continue_()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    expect(bar).to_be_hidden()

    page.route(f"**/rooms/{direct.pk}/", hold)
    page.locator(f"#conversation-{direct.pk}").click()
    expect(bar).to_be_visible()
    held.pop().abort()
    expect(page.locator("live-status")).to_contain_text("That page could not be loaded.")
    expect(bar).to_be_hidden()
