"""Formatted messages and emoji, in a real browser under the real policy: what it blocks fails the test (see conftest.py)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Message, Room
from tests.browser.conftest import Browse, bodies, watching, write
from tests.conftest import Say

FORMATTED = "**bold** and `code`\n- one\n- two\n\n> said\n\n```python\nx = 'a'  # " + "long " * 60 + "\n```\n"
FORMATTED += "https://example.com/" + "a" * 300


@pytest.fixture
def page(browse: Browse, direct: Room, alice: User) -> Page:
    page = browse(alice, f"/rooms/{direct.pk}/")
    page.set_viewport_size({"width": 390, "height": 844})
    watching(page, direct.topic)
    return page


def field(page: Page, text: str = "") -> None:
    page.locator("textarea[name=body]").click()
    page.keyboard.type(text)


def test_a_message_is_formatted_the_same_for_both_and_widens_no_phone(
    page: Page, browse: Browse, direct: Room, bob: User
) -> None:
    other = browse(bob, f"/rooms/{direct.pk}/")
    watching(other, direct.topic)
    page.locator("textarea[name=body]").fill(FORMATTED)
    page.get_by_role("button", name="Send").click()
    html = [at.locator(".messages:not(.outbox) .message-body") for at in (page, other)]
    for body in html:
        expect(body.locator("li")).to_have_text(["one", "two"])
    assert html[0].inner_html() == html[1].inner_html()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".log").evaluate("log => log.scrollWidth - log.clientWidth") == 0
    for block in html[0].locator("pre, p > a").all():
        assert block.evaluate("block => block.getBoundingClientRect().right") <= 390
    assert html[0].locator("pre").evaluate("pre => (pre.scrollLeft = 50, pre.scrollLeft)") == 50  # the rest is in reach
    keyword = html[0].locator("pre .s1").evaluate("span => getComputedStyle(span).color")
    assert keyword != html[0].locator("pre").evaluate("pre => getComputedStyle(pre).color")


def test_a_silence_shows_its_time_and_each_message_says_whose_it_is(
    browse: Browse, direct: Room, alice: User, say: Say
) -> None:
    noon = timezone.now().replace(hour=12, minute=0) - timedelta(days=1)
    for hour, minute, body in [(0, 0, "first"), (0, 1, "at once"), (1, 30, "much later")]:
        message = say(direct, alice, body)
        Message.objects.filter(pk=message.pk).update(created_at=noon + timedelta(hours=hour, minutes=minute))
    page = browse(alice, f"/rooms/{direct.pk}/", locale="de", timezone_id="Europe/Warsaw")
    messages = page.locator(".message[data-seq]")
    silences = [messages.nth(i).get_attribute("data-silence") for i in range(3)]
    local = (noon + timedelta(hours=1, minutes=30)).astimezone(ZoneInfo("Europe/Warsaw"))
    assert silences == [None, None, f"{local:%H:%M}"]
    said = page.locator("chat-log").aria_snapshot()
    assert said.count(alice.name) == 3
    assert len(messages.locator("local-time:visible").all()) == 3
    assert page.locator(".message-head a[tabindex='-1']").count() == 6  # until their message has the focus


def test_an_emoji_is_picked_with_the_keyboard_and_can_be_undone(page: Page) -> None:
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url) if "127.0.0.1" not in request.url else None)
    field(page, "ab")
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Emoji").press("Enter")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    panel = page.locator(".emoji-panel").bounding_box()
    assert panel and panel["x"] >= 0 and panel["x"] + panel["width"] <= 390  # noqa: PT018
    page.keyboard.type("grinning face")
    page.locator("emoji-picker .emoji-menu[role=listbox] button").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    value = page.locator("textarea[name=body]")
    expect(value).to_have_value("a😀b")
    expect(value).to_be_focused()
    page.keyboard.press("Control+z")
    expect(value).to_have_value("ab")
    assert outside == []


def test_escape_closes_the_picker_and_gives_the_focus_back(page: Page) -> None:
    page.get_by_role("button", name="Emoji").click()
    expect(page.locator("emoji-picker .emoji-menu button").first).to_be_visible()
    assert page.locator("emoji-picker .picker").evaluate("picker => getComputedStyle(picker).display") == "flex"
    page.keyboard.press("Escape")
    expect(page.locator(".emoji-panel")).to_be_hidden()
    expect(page.locator("textarea[name=body]")).to_be_focused()


def test_a_name_completes_and_its_second_colon_too(page: Page, direct: Room) -> None:
    value = page.locator("textarea[name=body]")
    options = page.get_by_role("listbox", name="Emoji").get_by_role("option")
    field(page, "at 10:30 :smi")
    expect(options.first).to_have_text(":smile:")
    assert options.count() <= 6
    assert value.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("ArrowDown")
    chosen = options.nth(1).get_attribute("data-emoji")
    page.keyboard.press("Enter")  # chooses, and sends nothing
    expect(value).to_have_value(f"at 10:30 {chosen}")
    page.keyboard.type(" :tada:")
    expect(value).to_have_value(f"at 10:30 {chosen} 🎉")
    page.keyboard.type(" :smi")
    options.nth(0).click()
    expect(value).to_have_value(f"at 10:30 {chosen} 🎉 😄")
    page.keyboard.type(" :smi")
    expect(options.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(".messages:not(.outbox) .message-body")).to_have_text([f"at 10:30 {chosen} 🎉 😄 :smi"])
    page.reload()
    assert bodies(page) == [f"at 10:30 {chosen} 🎉 😄 :smi"]


def test_without_the_data_what_was_typed_stays(page: Page) -> None:
    page.route("**/data.json", lambda route: route.abort())
    field(page, "hello :smile:")
    page.wait_for_timeout(300)
    expect(page.locator("textarea[name=body]")).to_have_value("hello :smile:")
    page.unroute("**/data.json")
    write(page, "")
    field(page, ":smile:")
    expect(page.locator("textarea[name=body]")).to_have_value("😄")
