"""What happens to a message between the keyboard and the server: nothing typed is lost, nothing is sent twice."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from chat.models import Message, Room
from tests.browser.conftest import Browse, bodies, cut_for, watching, write
from tests.live.conftest import session_of

pytestmark = pytest.mark.once

POSTS = re.compile(r"/rooms/\d+/messages/$")


@pytest.fixture
def page(browse: Browse, direct: Room, alice: User) -> Page:
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, direct.topic)
    return page


def failed(page: Page) -> None:
    expect(page.locator(".pending[data-state=failed]")).to_have_count(1)


def test_a_slow_message_shows_at_once_and_is_replaced_when_it_is_sent(page: Page) -> None:
    held: list[Route] = []
    page.route(POSTS, lambda route: held.append(route))  # noqa: PLW0108  (Playwright inspects the function)
    write(page, "on its way")
    expect(page.locator(".pending .message-body")).to_have_text(["on its way"])
    expect(page.locator("textarea[name=body]")).to_have_value("")
    held[0].continue_()
    expect(page.locator(".pending")).to_have_count(0)
    assert bodies(page) == ["on its way"]


@pytest.mark.parametrize("answer", ["abort", "500"])
def test_a_failed_message_says_so_and_goes_out_with_one_click(page: Page, answer: str) -> None:
    page.route(POSTS, lambda route: route.abort() if answer == "abort" else route.fulfill(status=500))
    write(page, "try me again")
    failed(page)
    expect(page.locator(".reason")).to_have_text(re.compile("Not sent"))
    page.unroute(POSTS)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".pending")).to_have_count(0)
    assert bodies(page) == ["try me again"]


def test_an_answer_that_was_lost_after_the_commit_makes_no_second_message(page: Page) -> None:
    lost: list[Route] = []

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()
        lost.append(route)

    page.route(POSTS, lose)
    write(page, "only once")
    expect(page.locator(".messages:not(.outbox) .message-body")).to_have_text(
        ["only once"]
    )  # the push came all the same
    while not lost:
        page.wait_for_timeout(50)
    page.unroute(POSTS)
    page.reload()
    expect(page.locator(".pending")).to_have_count(0)
    assert bodies(page) == ["only once"]
    assert Message.objects.count() == 1


def test_a_failed_message_can_be_taken_back_into_the_field(page: Page) -> None:
    page.route(POSTS, lambda route: route.abort())
    write(page, "with a tpyo")
    failed(page)
    page.get_by_role("button", name="Edit").click()
    expect(page.locator("textarea[name=body]")).to_have_value("with a tpyo")
    expect(page.locator(".pending")).to_have_count(0)


def test_what_was_typed_survives_a_reload_and_a_look_elsewhere(page: Page) -> None:
    page.locator("textarea[name=body]").fill("half a thought")
    page.get_by_label("Find people").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    page.go_back()
    expect(page.locator("textarea[name=body]")).to_have_value("half a thought")
    page.reload()
    expect(page.locator("textarea[name=body]")).to_have_value("half a thought")


def test_an_unsent_message_survives_a_reload_and_goes_out(page: Page) -> None:
    page.route(POSTS, lambda route: route.abort())
    write(page, "kept in the browser")
    failed(page)
    page.unroute(POSTS)
    page.reload()
    expect(page.locator(".messages:not(.outbox) .message-body")).to_have_text(["kept in the browser"])


def test_a_message_of_10001_characters_is_explained_and_stays_in_the_field(page: Page) -> None:
    write(page, "x" * 10_001)
    expect(page.locator("#composer-error")).to_have_text(
        "1 character too many. Shorten the message, or send it in parts."
    )
    assert len(page.locator("textarea[name=body]").input_value()) == 10_001
    expect(page.locator(".send")).to_be_in_viewport(ratio=1)  # a long word does not push it out
    write(page, "x" * 10_000)
    expect(page.locator(".messages:not(.outbox) .message")).to_have_count(1)


def test_a_refused_message_shows_the_server_s_reason(page: Page, direct: Room) -> None:
    cut_for(page, 60_000)  # else the page would hear that the room is gone, and show that instead
    direct.memberships.all().delete()
    write(page, "am I still here?")
    failed(page)
    expect(page.locator(".reason")).to_have_text("Not sent: this conversation is no longer yours.")


@pytest.mark.parametrize("body", ["", "   ", "\n\n"])
def test_a_blank_message_is_not_sent(page: Page, body: str) -> None:
    write(page, body)
    page.wait_for_timeout(200)
    assert not Message.objects.exists()
    assert bodies(page) == []


def test_signing_out_in_one_tab_tells_the_other_and_keeps_what_was_typed(
    page: Page, browse: Browse, direct: Room, alice: User
) -> None:
    page.locator("textarea[name=body]").fill("unfinished")
    other = browse(alice, "/")
    other.get_by_label("Account").click()
    other.get_by_role("button", name="Sign out").click()
    expect(page.locator("live-status")).to_contain_text("You have been signed out.")
    write(page, "unfinished business")
    failed(page)
    page.context.add_cookies([{"name": "sessionid", "value": session_of(alice), "url": page.url}])
    page.reload()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".messages:not(.outbox) .message-body")).to_have_text(["unfinished business"])


def test_a_page_whose_session_is_gone_is_sent_to_the_log_in_and_back(page: Page, direct: Room) -> None:
    Session.objects.all().delete()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Email").fill("alice@example.com")
    page.get_by_label("Password").fill("wonderland-9")
    page.get_by_role("button", name="Sign in").click()
    watching(page, direct.topic)
