"""The page for the curious follows by itself, and comes to rest by itself."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching

pytestmark = pytest.mark.once


def test_the_figures_follow_what_others_do_and_then_are_quiet(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User
) -> None:
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    page = browse(charlie, "/")
    page.locator("summary[aria-label=Account]").click()
    page.get_by_role("link", name="Live engine").click()
    watching(page, "insight")
    others = browse(alice, f"/rooms/{direct.pk}/")
    watching(others, f"people:{bob.pk}")
    header = page.locator("#fragment-chatheader td").first
    before = int(header.inner_text()) if header.count() else 0
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "figures" in request.url else None)
    bob.name = "Robert"
    bob.save()
    expect(others.locator("#room-title")).to_have_text("Robert")
    expect(header).to_have_text(str(before + 1))
    page.wait_for_timeout(1500)
    fetched.clear()
    page.wait_for_timeout(3000)
    assert fetched == [], "its own fetches are not counted"
