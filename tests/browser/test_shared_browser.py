"""One browser, two people after each other: what the first left in it is not the second's."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from chat.models import Message, Room
from tests.browser.conftest import Browse, bodies, watching, write
from tests.conftest import Say
from tests.live.conftest import session_of

pytestmark = pytest.mark.once


def sign_in(page: Page, user: User, path: str) -> None:
    url = page.url.split("/rooms/")[0].split("/accounts/")[0]
    cookie: Any = {"name": "sessionid", "value": session_of(user), "url": url}
    page.context.clear_cookies()
    page.context.add_cookies([cookie])
    page.goto(path)


def refuse_posts(route: Route) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def test_what_one_person_could_not_send_is_neither_shown_nor_sent_as_the_next(
    browse: Browse, direct: Room, alice: User, bob: User
) -> None:
    path = f"/rooms/{direct.pk}/"
    page = browse(alice, path)
    watching(page, direct.topic)
    page.route("**/messages/", refuse_posts)
    write(page, "Alice's, and unsent")
    expect(page.locator(".pending[data-state=failed]")).to_have_count(1)
    page.locator("textarea[name=body]").fill("Alice's draft")
    page.unroute_all()

    sign_in(page, bob, path)
    watching(page, direct.topic)
    page.wait_for_timeout(500)
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.locator("textarea[name=body]")).to_have_value("")
    assert not Message.objects.exists()

    sign_in(page, alice, path)
    watching(page, direct.topic)
    expect(page.locator("textarea[name=body]")).to_have_value("Alice's draft")
    expect(page.locator(".messages .message-body")).to_have_text(["Alice's, and unsent"])
    assert Message.objects.get().author == alice


def test_back_after_the_sign_out_shows_nothing(browse: Browse, direct: Room, alice: User, bob: User) -> None:
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, direct.topic)
    write(page, "a secret")
    expect(page.locator(".messages .message-body")).to_have_count(1)
    page.goto("/people/")
    page.goto(f"/rooms/{direct.pk}/")
    assert bodies(page) == ["a secret"]
    page.locator("form[action='/accounts/logout/'] button").first.evaluate("button => button.form.requestSubmit()")
    page.wait_for_url("**/accounts/login/**")
    page.go_back()
    expect(page.locator("input[name=password]")).to_be_visible()
    assert "a secret" not in page.content()


def test_a_page_that_comes_back_from_the_browsers_memory_is_not_shown_to_who_is_signed_out(
    browse: Browse, direct: Room, alice: User, say: Say
) -> None:
    say(direct, alice, "a secret")
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, direct.topic)
    page.evaluate(
        "document.querySelector('#live')._htmx.ws.connection.socket.close()"
    )  # as it was when the page was left
    Session.objects.all().delete()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator("input[name=password]")).to_be_visible()
    assert "a secret" not in page.content()
