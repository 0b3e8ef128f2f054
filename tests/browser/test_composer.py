"""Where one writes: it grows, keeps what is typed, says that there is no connection, and counts what is too much."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from chat.models import Message, Room
from tests.browser.conftest import Browse, bodies, watching, write
from tests.browser.test_sending import POSTS, failed
from tests.conftest import Say

FIELD = "textarea[name=body]"
OFFLINE = "You are offline. Messages are kept and sent when you are back."


@pytest.fixture
def page(browse: Browse, direct: Room, alice: User) -> Page:
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, direct.topic)
    return page


def test_what_is_written_offline_is_kept_and_goes_out_in_order_and_once_from_every_conversation(
    page: Page, browse: Browse, direct: Room, alice: User, bob: User, charlie: User
) -> None:
    lobby = Room.objects.lobby()
    for member in (alice, bob):
        lobby.join(member)
    page.goto(f"/rooms/{lobby.pk}/")
    watching(page, lobby.topic)
    page.context.set_offline(True)
    expect(page.locator("offline-note")).to_have_text(OFFLINE)
    write(page, "lobby one")
    write(page, "lobby two")
    expect(page.locator(".reason")).to_have_text(["Not sent: no connection.", "Not sent: it waits for the one before."])
    mark = page.locator(f"#conversation-{lobby.pk}[data-unsent]")
    expect(mark).to_have_accessible_description("Has messages that are not sent")

    page.route(POSTS, lambda route: route.abort())  # pages load again, and sending still fails
    page.context.set_offline(False)
    page.locator(f"#conversation-{direct.pk}").click()
    expect(page.locator(FIELD)).to_have_attribute("placeholder", "Write to Bob Okafor")
    expect(page.locator("offline-note")).to_be_empty()
    write(page, "to Bob")
    failed(page)
    other = page.context.new_page()  # holds the same letters, and sends them too
    other.goto("/people/")
    expect(mark).to_have_count(0, timeout=20_000)
    page.unroute(POSTS)
    other.close()
    page.reload()
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.locator("[data-unsent]")).to_have_count(0)
    assert bodies(page) == ["to Bob"]
    assert list(Message.objects.filter(room=lobby).values_list("body", flat=True)) == ["lobby one", "lobby two"]
    assert not browse(charlie, "/").get_by_text("lobby").count()


def test_a_message_that_was_not_sent_is_mended_by_keyboard_alone(page: Page) -> None:
    page.route(POSTS, lambda route: route.abort())
    write(page, "with a tpyo")
    failed(page)
    write(page, "as it is")
    expect(page.locator(".pending[data-state=failed]")).to_have_count(2)
    for _ in range(2):
        page.keyboard.press("Shift+Tab")
    expect(page.locator(".retry").last).to_be_focused()
    for _ in range(1):
        page.keyboard.press("Shift+Tab")
    expect(page.locator(".edit").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(FIELD)).to_be_focused()
    expect(page.locator(FIELD)).to_have_value("with a tpyo")
    page.unroute(POSTS)
    page.locator(".retry").focus()
    page.keyboard.press("Enter")
    expect(page.locator(FIELD)).to_be_focused()
    expect(page.locator(".pending")).to_have_count(0)
    assert bodies(page) == ["as it is"]


def test_a_slow_message_turns_only_after_a_while_and_goes_out_though_its_room_is_left(page: Page, direct: Room) -> None:
    held: list[Route] = []
    page.route(POSTS, lambda route: held.append(route))  # noqa: PLW0108  (Playwright inspects the function)
    write(page, "on its way")
    ring = page.locator(".pending[data-state=sending] .message-main").evaluate(
        "(main) => (({ animationName, animationDelay }) => [animationName, animationDelay])(getComputedStyle(main, '::after'))"
    )
    assert ring == ["turn, appear", "0s, 0.3s"]
    page.get_by_label("Find people").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    with page.expect_response(POSTS):
        held[0].continue_()
    page.go_back()
    expect(page.locator(".messages:not(.outbox) .message-body")).to_have_text(["on its way"])
    expect(page.locator(".pending")).to_have_count(0)
    assert Message.objects.count() == 1


def test_a_draft_is_each_tab_s_own_and_outlasts_a_log_out(
    page: Page, browse: Browse, direct: Room, alice: User, bob: User
) -> None:
    page.locator(FIELD).fill("in the first tab")
    other = browse(alice, f"/rooms/{direct.pk}/")
    expect(other.locator(FIELD)).to_have_value("in the first tab")
    other.locator(FIELD).fill("in the second tab")
    expect(page.locator(FIELD)).to_have_value("in the first tab")
    write(other, "sent from the second tab")
    expect(page.locator(".messages:not(.outbox) .message-body")).to_have_text(["sent from the second tab"])
    expect(page.locator(FIELD)).to_have_value("in the first tab")
    other.close()
    page.reload()
    expect(page.locator(FIELD)).to_have_value("in the first tab")

    page.locator(FIELD).fill("before the log-out")
    page.get_by_label("Account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.close()  # a browser that comes back tomorrow has no tab of yesterday
    back = browse(alice, f"/rooms/{direct.pk}/")
    back.get_by_label("Email").fill("alice@example.com")
    back.get_by_label("Password").fill("wonderland-9")
    back.get_by_role("button", name="Sign in").click()
    expect(back.locator(FIELD)).to_have_value("before the log-out")
    expect(browse(bob, f"/rooms/{direct.pk}/").locator(FIELD)).to_have_value("")
    write(back, "sent at last")
    expect(back.locator(".messages:not(.outbox) .message")).to_have_count(2)
    back.reload()
    expect(back.locator(FIELD)).to_have_value("")


def test_characters_are_counted_near_the_limit_and_what_is_too_much_is_explained_and_kept(page: Page) -> None:
    field, count, send = page.locator(FIELD), page.locator("composer-limit"), page.locator(".send")
    field.fill("x" * 9_400)
    expect(count).to_be_hidden()
    field.fill("x" * 9_501)
    expect(count).to_have_text("499")
    field.fill("😀" * 10_012)  # each is two for JavaScript, and one for the server
    expect(count).to_have_text("−12")
    expect(send).to_have_accessible_name("12 characters too many.")
    expect(page.locator("#composer-error")).to_have_text(
        "12 characters too many. Shorten the message, or send it in parts."
    )
    expect(field).to_have_accessible_description("12 characters too many. Shorten the message, or send it in parts.")
    send.click()
    assert field.input_value() == "😀" * 10_012
    page.reload()
    expect(count).to_have_text("−12")
    field.fill("short again")
    expect(count).to_be_hidden()
    expect(page.locator("#composer-error")).to_have_count(0)
    expect(send).to_have_accessible_name("Send")


# A browser that sizes no fields and anchors no scrolling, and one that does.
OLDER = """
  CSS.supports = () => false;
  document.addEventListener("DOMContentLoaded", () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("textarea { field-sizing: fixed !important } chat-log { overflow-anchor: none }");
    document.adoptedStyleSheets = [sheet];
  });
"""


@pytest.mark.parametrize("before", ["", OLDER], ids=["new", "older"])
def test_it_grows_with_its_text_to_a_bound_and_what_is_read_stays(
    page: Page, direct: Room, bob: User, say: Say, before: str
) -> None:
    for number in range(50):
        say(direct, bob, f"message {number}")
    page.add_init_script(before)
    page.reload()
    watching(page, direct.topic)
    field, log, last = page.locator(FIELD), page.locator("chat-log"), page.locator(".message-body").last

    def fill(text: str) -> float:
        """Returns the height then, when what it leads to is painted."""
        field.fill(text)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return bottom(field) - top(field)

    log.evaluate("(log) => (log.scrollTop = 0)")  # it opens where reading stopped
    one_line = fill("")
    gap = top(field) - bottom(last)
    four_lines = fill("line\n" * 3)
    assert four_lines == pytest.approx(one_line + 3 * 24, abs=10)
    assert top(field) - bottom(last) == pytest.approx(gap, abs=2), "the end stays in sight"
    fill("")
    log.evaluate("(log) => (log.scrollTop = -600)")
    reading = page.get_by_text("message 30", exact=True)
    here = top(reading)
    for text, height in (("line\n" * 3, four_lines), ("line\n" * 100, 0.4 * 800), ("", one_line)):
        assert fill(text) == pytest.approx(height, abs=2)
        assert top(reading) == pytest.approx(here, abs=2), "what is read stays"


def top(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["y"]


def bottom(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["y"] + box["height"]
