"""An answer that is no page, in a browser: what is on the page stays, and one is told."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.conftest import Browse
from tests.browser.test_people import ROW, staff

__all__ = ["staff"]

pytestmark = pytest.mark.once


def test_a_form_that_is_older_than_the_last_sign_in_still_sends(browse: Browse, alice: User, bob: User) -> None:
    """In another tab she signed out and in again: the cookie has a new token, and this page's forms have the old one."""
    page = browse(alice, "/people/")
    row = page.locator(ROW.format(bob))
    expect(row).to_be_visible()
    page.context.add_cookies([{"name": "csrftoken", "value": "a" * 32, "url": page.url.removesuffix("people/")}])
    row.get_by_role("button", name="Message").click()
    expect(page.locator("#room-title")).to_have_text("Bob Okafor")


def test_a_token_from_before_its_cookie_had_a_prefix_is_not_sent(browse: Browse, alice: User) -> None:
    """The browser keeps it for a year, and names what it got first first."""
    page = browse(alice, "/people/")
    read = """async (cookies) => {
        Object.defineProperty(document, "cookie", { get: () => cookies });
        return (await import("/static/js/csrf.js")).csrfToken();
    }"""
    assert page.evaluate(read, "csrftoken=old; a=b; __Host-csrftoken=new; c=d") == "new"


REFUSED = {403: "You may not do that.", 404: "That is no longer there.", 429: "That was tried too often."}


@pytest.mark.parametrize(("status", "reason"), REFUSED.items())
def test_an_answer_that_is_no_page_takes_the_place_of_nothing(
    browse: Browse, staff: User, alice: User, bob: User, status: int, reason: str
) -> None:
    page = browse(staff, f"/people/?edit={bob.pk}")
    page.route("**/people/*/**", lambda route: route.fulfill(status=status, body="<p>no</p>", content_type="text/html"))
    row = page.locator(ROW.format(bob))
    row.get_by_label("Name").fill("Half a na")
    for button in ("Save", "Message Alice Moreau"):
        page.get_by_role("button", name=button).click()
        expect(page.locator("live-status")).to_contain_text(reason)
        expect(page.locator("main")).to_have_count(1)
        expect(row.get_by_label("Name")).to_have_value("Half a na")


def test_an_error_page_to_a_row_s_form_does_not_take_the_list_s_place(
    browse: Browse, staff: User, alice: User, bob: User
) -> None:
    page = browse(staff, f"/people/?edit={bob.pk}")
    row = page.locator(ROW.format(bob))
    row.get_by_label("Name").fill("Half a na")
    User.objects.filter(pk=staff.pk).update(is_staff=False, is_superuser=False)
    row.get_by_role("button", name="Save").click()
    expect(page.locator("live-status")).to_contain_text("That is no longer there.")
    expect(page.locator("main")).to_have_count(1)
    expect(row.get_by_label("Name")).to_have_value("Half a na")


def test_a_page_that_is_too_old_to_send_from_offers_to_reload(browse: Browse, alice: User, bob: User) -> None:
    page = browse(alice, "/people/")
    text = "This page is too old to send from. Reload it and try again."
    page.route("**/conversation/", lambda route: route.fulfill(status=403, body=text, content_type="text/plain"))
    page.locator(ROW.format(bob)).get_by_role("button", name="Message").click()
    expect(page.locator("live-status")).to_contain_text("This page is too old to send from.")
    page.unroute("**/conversation/")
    page.locator("live-status").get_by_role("link", name="Reload").click()
    page.locator(ROW.format(bob)).get_by_role("button", name="Message").click()
    expect(page.locator("#room-title")).to_have_text("Bob Okafor")


def test_who_was_signed_out_keeps_the_page_and_is_told(browse: Browse, alice: User, bob: User) -> None:
    page = browse(alice, "/people/")
    page.context.clear_cookies(name="sessionid")
    page.locator(ROW.format(bob)).get_by_role("button", name="Message").click()
    expect(page.locator("live-status")).to_contain_text("You have been signed out.")
    expect(page.locator("#directory")).to_be_visible()
