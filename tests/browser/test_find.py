"""The quick finder and the keyboard, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching, write
from tests.conftest import Say, make_person

pytestmark = pytest.mark.once


@pytest.fixture
def lukasz(transactional_db: None) -> User:
    return make_person("lnowak", "Łukasz Nowak")


def same_socket(page: Page) -> Callable[[], bool]:
    """Whether the page still has the socket that it has now."""
    page.evaluate("window.firstSocket = document.querySelector('#live')._htmx.ws.connection.socket")
    return lambda: page.evaluate("window.firstSocket === document.querySelector('#live')._htmx.ws.connection.socket")


def test_someone_is_found_without_accents_and_written_to_without_leaving_the_keyboard(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User, lukasz: User
) -> None:
    Room.objects.create(kind="closed", name="Secret of Bob").join(bob)
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, f"room:{direct.pk}")
    keeps_socket = same_socket(page)
    composer, field = page.locator("textarea[name=body]"), page.get_by_role("combobox")
    composer.fill("half a thought")
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    options = page.get_by_role("option")
    expect(options).to_have_count(1)  # the recent ones
    expect(options.first).to_contain_text("Bob Okafor")
    page.keyboard.press("Escape")
    expect(composer).to_be_focused()
    expect(composer).to_have_value("half a thought")

    page.keyboard.press("Control+k")
    field.press_sequentially("o")
    expect(options).to_have_count(2)  # Bob, and Łukasz Nowak
    expect(page.locator(".finder")).not_to_contain_text("Secret")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", f"found-room-{direct.pk}")
    for key, chosen in [("ArrowDown", 1), ("ArrowDown", 0), ("ArrowUp", 1), ("Home", 0), ("End", 1)]:
        page.keyboard.press(key)
        expect(options.nth(chosen)).to_have_attribute("aria-selected", "true")
        expect(page.locator("[aria-selected=true]")).to_have_count(1)
    expect(field).to_have_attribute("aria-activedescendant", f"found-person-{lukasz.pk}")
    field.fill("nobody here")
    expect(page.locator(".finder")).to_contain_text("No one is called “nobody here”.")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    field.fill("lukas")
    page.keyboard.press("Enter")  # at once: what was typed counts, not what is shown
    expect(page.locator("#room-title")).to_have_text("Łukasz Nowak")
    expect(page).to_have_url(re.compile(r"/rooms/\d+/$"))
    expect(page.locator(".finder")).to_be_hidden()
    write(page, "cześć")
    expect(page.locator(".messages .message-body")).to_have_text(["cześć"])

    page.locator(".find-field input").click()
    field.fill("bob")
    page.get_by_role("option", name="Bob Okafor").click()
    expect(page.locator("#room-title")).to_have_text("Bob Okafor")
    expect(composer).to_have_value("half a thought")
    assert keeps_socket()


def test_answers_out_of_order_late_and_lost_ones(browse: Browse, direct: Room, alice: User, charlie: User) -> None:
    page = browse(alice, "/people/")
    watching(page, "people")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/find/?q=bob", hold)
    page.keyboard.press("Control+k")
    field, options = page.get_by_role("combobox"), page.get_by_role("option")
    field.fill("bob")
    expect(page.locator(".finder-state")).to_have_text("Searching …")
    field.fill("charlie")
    expect(options).to_have_text([re.compile("Charlie")])
    for route in held:
        route.fulfill(body="late")
    expect(options).to_have_text([re.compile("Charlie")])
    expect(page.locator(".finder-state")).to_be_empty()
    page.unroute("**/find/?q=bob")
    page.route("**/find/?q=bob", lambda route: route.abort())
    field.fill("bob")
    expect(page.locator(".finder-state")).to_have_text("The chat could not search just now.")
    expect(options).to_have_count(0)
    page.unroute("**/find/?q=bob")
    page.get_by_role("button", name="Try again").click()
    expect(options).to_have_text([re.compile("Bob")])
    expect(field).to_be_focused()


def test_keys_go_from_one_conversation_to_the_next_and_are_listed(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    third = make_person("dana", "Dana")
    other, muted = Room.objects.direct(alice, charlie), Room.objects.direct(alice, third)
    muted.memberships.get(user=alice).notify_of("nothing")
    for room, who in [(other, charlie), (muted, third), (direct, bob)]:  # in the sidebar the last comes first
        say(room, who)
    page = browse(alice, "/")
    watching(page, f"activity:{direct.pk}")
    keeps_socket = same_socket(page)
    title = page.locator("#room-title")
    page.keyboard.press("Alt+ArrowDown")
    expect(title).to_have_text("Bob Okafor")
    expect(page.locator("textarea[name=body]")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(title).to_have_text("Dana")
    page.keyboard.press("Alt+ArrowUp")
    expect(title).to_have_text("Bob Okafor")
    page.keyboard.press("Alt+ArrowUp")  # nothing is above
    say(muted, third)
    expect(page.locator(".conversation").first).to_contain_text("Dana")
    page.keyboard.press("Alt+Shift+ArrowUp")  # past what is muted, and round the end
    expect(title).to_have_text("Charlie Lindqvist")

    page.locator("textarea[name=body]").fill("why")
    page.keyboard.type("?")
    expect(page.locator("textarea[name=body]")).to_have_value("why?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_hidden()
    page.locator(".log").focus()
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    expect(keys.locator("kbd").first).to_have_text("Ctrl")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(page.locator(".log")).to_be_focused()
    page.get_by_label("Account", exact=True).click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(keys).to_be_visible()
    assert keeps_socket()


def test_on_a_mac_the_command_key_finds_and_control_stays_the_fields_own(
    browse: Browse, alice: User, bob: User
) -> None:
    page = browse(alice, "/people/")
    page.set_viewport_size({"width": 390, "height": 700})
    page.add_init_script(
        "Object.defineProperty(navigator, 'platform', { value: 'MacIntel' });"
        "Object.defineProperty(navigator, 'userAgentData', { value: undefined });"
    )
    page.reload()
    watching(page, "people")
    search = page.get_by_label("Search people")
    search.fill("bo")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_hidden()
    page.keyboard.press("Meta+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    expect(page.locator(".shortcuts kbd").first).to_have_text("⌘")
    box = page.locator(".finder").bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, 390), "the whole width of a phone"


def test_without_javascript_the_field_searches_people(browse: Browse, alice: User, lukasz: User) -> None:
    page = browse(alice, "/", java_script_enabled=False)
    page.locator(".find-field input").fill("lukasz")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/people/\?q=lukasz$"))
    expect(page.locator(".person b")).to_have_text(["Łukasz Nowak"])
