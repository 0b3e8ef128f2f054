"""Who is too fast is told so kindly, loses nothing, and need not do anything about it."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from chat.models import Message, Room
from tests.browser.conftest import Browse, bodies, server_environment, watching, write
from tests.servers import ChatServer, chat_server

pytestmark = pytest.mark.once

SMALL = "send=3/6s 1000/6s, search=4/4s 1000/4s, tabs=3 1000"


@pytest.fixture(scope="module")  # embedded, a second server would take what the outbox has for the other
def slow(django_db_setup: None, django_db_blocker: Any) -> Iterator[ChatServer]:
    with django_db_blocker.unblock(), chat_server(**server_environment(), LIMITS=SMALL) as server:
        yield server


@pytest.fixture
def page(browse: Browse, direct: Room, alice: User, slow: ChatServer) -> Page:
    page = browse(alice, f"/rooms/{direct.pk}/", server=slow)
    watching(page, direct.topic)
    return page


def test_messages_that_are_sent_too_fast_go_out_by_themselves_in_order_and_once(page: Page) -> None:
    posts: list[int] = []
    page.on("response", lambda answer: posts.append(answer.status) if answer.request.method == "POST" else None)
    for number in range(6):
        write(page, f"line {number}")
    expect(page.locator(".reason").first).to_have_text(re.compile(r"^You are sending fast; this goes out in [12] s\.$"))
    expect(page.locator(".messages:not(.outbox) .message-body")).to_have_text([f"line {number}" for number in range(6)])
    expect(page.locator(".pending")).to_have_count(0)
    assert bodies(page) == [f"line {number}" for number in range(6)]
    assert list(Message.objects.order_by("seq").values_list("body", flat=True)) == bodies(page)
    assert posts.count(201) == 6
    assert posts.count(429) <= 4, "it waits for as long as it was asked to"


def test_a_server_that_cannot_just_now_is_waited_for_as_long_as_it_says(page: Page) -> None:
    answered: list[float] = []

    def busy_once(route: Route) -> None:
        answered.append(time.monotonic())
        route.fulfill(status=503, headers={"Retry-After": "2"}) if len(answered) == 1 else route.continue_()

    page.route(re.compile(r"/rooms/\d+/messages/$"), busy_once)
    write(page, "patience")
    expect(page.locator(".reason")).to_have_text("The server is busy; this goes out in 2 s.")
    write(page, "and more")
    expect(page.locator(".reason").last).to_have_text("This goes out after the one before.")
    expect(page.locator(".messages:not(.outbox) .message-body")).to_have_text(["patience", "and more"])
    assert answered[1] - answered[0] > 1.9


def test_an_edit_that_comes_too_fast_says_so_beside_the_text(page: Page, direct: Room, alice: User) -> None:
    page.route("**/text/", lambda route: refuse(route) if route.request.method == "POST" else route.continue_())
    write(page, "as it was")
    message = page.locator(".messages:not(.outbox) .message")
    message.hover()
    page.get_by_role("button", name="Edit").click()
    field = page.locator("message-editor textarea")
    field.fill("as I want it")
    field.press("Enter")
    expect(page.locator("message-editor .composer-error")).to_have_text(
        "Not saved. That was a lot at once. Please try again in 2 s. Your text is kept here."
    )
    expect(field).to_have_value("as I want it")


def refuse(route: Route, seconds: int = 2) -> None:
    """As the server does; here for one address alone."""
    text = f"That was a lot at once. Please try again in {seconds} s."
    route.fulfill(
        status=429, headers={"Retry-After": str(seconds), "Content-Type": "text/plain; charset=utf-8"}, body=text
    )


def test_the_finder_waits_and_finds_all_the_same(page: Page, bob: User) -> None:
    page.keyboard.press("Control+k")
    field = page.locator("quick-finder [role=combobox]")
    for letter in "bob ok":
        field.press(letter)
        page.wait_for_timeout(150)
    expect(page.locator("quick-finder .finder-state")).to_have_text("That was a lot of searches at once. One moment …")
    expect(page.locator("quick-finder [role=option]").first).to_contain_text("Bob Okafor")
    expect(page.locator("quick-finder .finder-state")).to_have_text("")


def test_a_search_in_a_list_is_made_again(page: Page, bob: User, charlie: User) -> None:
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        refused.append(route.request.url)
        refuse(route) if len(refused) == 1 else route.continue_()

    page.route("**/people/?q=**", refuse_once)
    page.goto("/people/")
    page.get_by_role("searchbox", name="Search people").fill("okafor")
    expect(page.locator("live-status")).to_have_text("That was a lot at once. Please try again in 2 s.")
    expect(page.locator("#directory")).to_contain_text("Charlie Lindqvist")  # what was there stays, until
    expect(page.locator("#directory")).not_to_contain_text("Charlie Lindqvist")
    expect(page.locator("#directory")).to_contain_text("Bob Okafor")
    assert len(refused) == 2


def test_a_fragment_that_comes_too_fast_waits_and_hints_do_not_hurry_it(page: Page, bob: User) -> None:
    asked: list[float] = []

    def refuse_the_first(route: Route) -> None:
        asked.append(time.monotonic())
        refuse(route, 6) if len(asked) == 1 else route.continue_()

    page.route("**/conversations/", refuse_the_first)
    for number in range(5):
        User.objects.filter(pk=bob.pk).update(name=f"Bob {number}")
        page.wait_for_timeout(300)
    expect(page.locator("#conversations")).to_have_class(re.compile("behind"))
    expect(page.locator("#conversations")).to_contain_text("Bob 4", timeout=12_000)
    expect(page.locator("#conversations")).not_to_have_class(re.compile("behind"))
    assert asked[1] - asked[0] > 5.9
    expect(page.locator("live-status")).to_have_text("")


def test_one_tab_too_many_says_so_and_does_not_try_again_and_again(
    page: Page, browse: Browse, alice: User, slow: ChatServer
) -> None:
    tabs = [browse(alice, "/", server=slow) for _ in range(2)]
    for tab in tabs:
        watching(tab, f"conversations:{alice.pk}")
    fourth = page.context.new_page()
    opened: list[object] = []
    fourth.on("websocket", lambda socket: opened.append(socket))  # noqa: PLW0108  (Playwright inspects the function)
    fourth.goto("/")
    expect(fourth.locator("live-status")).to_have_text(
        "The chat is open in too many tabs. Close some of them, and connect again. Connect again"
    )
    before = len(opened)  # one, unless a busy machine cut the first off before it was told
    fourth.wait_for_timeout(2000)
    assert len(opened) == before <= 2
    tabs[0].close()
    fourth.get_by_role("link", name="Connect again").click()
    watching(fourth, f"conversations:{alice.pk}")
    expect(fourth.locator("live-status")).to_have_text("")


def test_a_page_that_says_too_much_goes_on_a_moment_later(page: Page, direct: Room, bob: User) -> None:
    page.evaluate(
        """() => {
            const { socket } = document.querySelector("#live")._htmx.ws.connection;
            document.documentElement.dataset.watching = "";
            for (let i = 0; i < 65; i++) socket.send('{"active": true}');
            socket.send(JSON.stringify({ watch: {} })); // refused, else the page would hear nothing more
        }"""
    )
    expect(page.locator("live-status")).to_have_text("This page asks for a lot at once. It goes on in a moment.")
    expect(page.locator("live-status")).to_have_text("")
    watching(page, direct.topic)


def test_a_page_that_does_not_listen_is_closed_and_connects_again_by_itself(page: Page, direct: Room) -> None:
    page.clock.install()
    page.reload()
    watching(page, direct.topic)
    page.evaluate(
        """() => {
            const { socket } = document.querySelector("#live")._htmx.ws.connection;
            for (let i = 0; i < 90; i++) socket.send('{"active": true}');
        }"""
    )
    told = "This page asked for too much at once. It connects again in half a minute."
    expect(page.locator("live-status")).to_have_text(told)
    page.clock.fast_forward(15_000)
    page.wait_for_timeout(1000)
    assert not page.locator("html[data-watching]").count(), "not at once, or it would go on and on"
    page.clock.fast_forward(30_000)
    watching(page, direct.topic)
    expect(page.locator("live-status")).to_have_text("")


def test_what_could_not_be_noted_is_said_again_on_the_same_socket_and_nobody_is_told(page: Page) -> None:
    """The database took nothing for a moment."""
    page.evaluate(
        """() => {
            const { socket } = document.querySelector("#live")._htmx.ws.connection;
            const told = { error: { code: "unavailable", text: "The chat cannot save anything.", wait: 1 } };
            document.addEventListener("live:open", () => (document.documentElement.dataset.again = "yes"));
            window.socketBefore = socket;
            socket.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(told) }));
        }"""
    )
    page.wait_for_timeout(500)
    expect(page.locator("live-status")).to_have_text("")
    page.wait_for_selector("html[data-again]", state="attached")
    assert page.evaluate("socketBefore === document.querySelector('#live')._htmx.ws.connection.socket")
