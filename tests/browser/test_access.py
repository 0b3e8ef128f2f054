"""By keyboard, by ear, enlarged, without motion and with a person's own colours."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching, write
from tests.conftest import Say

SHOWN = """() => {
    const at = document.activeElement, { outlineStyle, outlineWidth } = getComputedStyle(at);
    const box = at.closest(".composer"); // it shows the focus of its field as the colour of its own border
    const ring = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    const line = box && getComputedStyle(box).borderTopColor === "rgb(79, 70, 229)"; // --accent
    return [at.outerHTML.slice(0, 80), (ring || line) && at.getBoundingClientRect().width > 0];
}"""
MOVING = """[...document.querySelectorAll("*")].filter(
    (one) => parseFloat(getComputedStyle(one).transitionDuration) > 0).length"""
OVER = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def room(alice: User, bob: User, say: Say) -> Room:
    room = Room.objects.lobby()
    for person in (alice, bob):
        room.join(person)
    for number in range(60):
        say(room, bob, f"line {number}")
    return room


def test_the_keyboard_reaches_everything_and_shows_where_it_is(browse: Browse, alice: User, room: Room) -> None:
    page = browse(alice, f"/rooms/{room.pk}/", reduced_motion="reduce")
    assert page.evaluate(MOVING) == 0, "nothing moves for who asked for that"
    page.evaluate("(document.body.tabIndex = -1, document.body.focus(), document.body.removeAttribute('tabindex'))")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the conversation")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#pane")).to_be_focused()
    reached = ""
    for _ in range(90):
        page.keyboard.press("Tab")
        what, seen = page.evaluate(SHOWN)
        if what.startswith("<body"):
            break
        assert seen, what
        reached += what
    for part in ("<summary", "<chat-log", "<textarea", 'popovertarget="emoji-panel"', 'class="send"'):
        assert part in reached, part
    page.locator("chat-log").focus()
    page.keyboard.press("Home")  # the log is one stop; the links of a message are reached from it
    page.keyboard.press("Tab")
    what, seen = page.evaluate(SHOWN)
    assert seen
    assert "person-link" in what


def test_a_log_says_what_is_new_and_nothing_else(browse: Browse, alice: User, bob: User, room: Room, say: Say) -> None:
    page = browse(alice, f"/rooms/{room.pk}/")
    watching(page, room.topic)
    spoken = page.locator("message-announcer")
    expect(page.get_by_role("log", name="Messages")).to_have_attribute("aria-live", "off")
    expect(spoken).to_be_empty()
    page.locator("chat-log").evaluate("log => (log.scrollTop = -log.scrollHeight)")  # older ones come in above
    expect(page.locator(".message-body", has_text="line 2").first).to_be_attached()
    write(page, "my own")
    expect(page.locator(".message:not(.pending)[data-mine]")).to_be_attached()
    expect(spoken).to_be_empty()
    say(room, bob, "hello **there**")
    expect(spoken).to_have_text("Bob Okafor: hello there")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_at_twice_the_size_nothing_is_cut(browse: Browse, alice: User, room: Room, scheme: str) -> None:
    page = browse(alice, "/", color_scheme=scheme, locale="pl-PL")
    page.set_viewport_size({"width": 640, "height": 400})  # 1280 by 800 at 200 %
    for path in ("/", f"/rooms/{room.pk}/", "/people/", "/accounts/profile/", "/accounts/2fa/", "/live/"):
        page.goto(path)
        assert not page.evaluate(OVER), path
    page.goto(f"/rooms/{room.pk}/")
    header, log, composer = (box(page, part) for part in (".room-header", "chat-log", "chat-composer"))
    assert header["y"] + header["height"] <= log["y"] + 1
    assert log["y"] + log["height"] <= composer["y"] + 1
    assert composer["y"] + composer["height"] <= 400
    assert log["height"] > 200
    page.set_viewport_size({"width": 320, "height": 400})  # 400 %
    assert not page.evaluate(OVER)


def test_with_a_persons_own_colours_it_still_tells_where_one_is(browse: Browse, alice: User, room: Room) -> None:
    page = browse(alice, f"/rooms/{room.pk}/", forced_colors="active")
    here = page.locator(".conversation[aria-current]")
    assert here.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    for part in (".message-body", ".send"):
        assert page.locator(part).first.evaluate("part => getComputedStyle(part).borderTopStyle") == "solid", part


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).bounding_box()
    assert found
    return {side: float(found[side]) for side in ("x", "y", "width", "height")}
