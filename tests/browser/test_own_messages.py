"""Editing and deleting what one said: with the mouse, the keyboard and a finger, and live for the other, whatever gets lost."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from chat.models import Message, Room
from tests.browser.conftest import Browse, cut_for, watching
from tests.conftest import Say

pytestmark = pytest.mark.once

START_AGAIN = """list => {
    list.dataset.tags = JSON.stringify({ [Object.keys(JSON.parse(list.dataset.tags))[0]]: "999999" });
    list.dispatchEvent(new Event("stale"));
}"""  # as after a week's absence: the log is replaced
TEXT = re.compile(r"/messages/\d+/text/$")


def said(page: Page, text: str) -> Locator:
    return page.locator(".message[data-seq]", has_text=text)


def press(page: Page, message: Locator, name: str) -> None:
    message.hover(position={"x": 8, "y": 12})  # beside it, since the toolbar of the next one may lie over it
    message.get_by_role("toolbar").get_by_role("button", name=name, exact=True).click()


def editor(page: Page) -> Locator:
    return page.locator("message-editor textarea")


@pytest.fixture
def pages(browse: Browse, direct: Room, alice: User, bob: User, say: Say) -> tuple[Page, Page]:
    """Alice's page and Bob's, with a short conversation on them."""
    for author, body in [(alice, "first **of** all"), (bob, "from Bob"), (alice, "second"), (alice, "third")]:
        say(direct, author, body)
    both = (browse(alice, f"/rooms/{direct.pk}/"), browse(bob, f"/rooms/{direct.pk}/"))
    for page in both:
        watching(page, direct.topic)
    both[0].bring_to_front()
    return both


def test_with_the_mouse_and_live_for_the_other(pages: tuple[Page, Page], direct: Room, alice: User, bob: User) -> None:
    page, other = pages
    press(page, said(page, "first of all"), "Edit")
    expect(editor(page)).to_have_value("first **of** all")  # as it was typed, and not as it is shown
    expect(editor(page)).to_be_focused()
    editor(page).fill("first of *everything*")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and more")
    page.keyboard.press("Enter")
    expect(editor(page)).to_have_count(0)
    for shown in pages:
        expect(said(shown, "first of everything")).to_have_count(1)
        expect(said(shown, "first of everything").locator("em")).to_have_text("everything")
        expect(said(shown, "first of everything").locator(".message-edited")).to_have_text("edited")
        expect(shown.locator(".messages:not(.outbox) .message")).to_have_count(4)
    expect(other.locator(".to-newest")).to_be_hidden()

    said(page, "from Bob").locator(".message-body").hover()
    buttons = said(page, "from Bob").get_by_role("toolbar").get_by_role("button")
    expect(buttons).to_have_count(3)  # what Bob said is his; the toolbar of Alice's own has four
    press(page, said(page, "second"), "Delete")
    expect(page.locator(".toasts")).to_contain_text("Message deleted.")
    for shown in pages:
        expect(shown.locator("[data-deleted]")).to_have_count(1)
        expect(said(shown, "second")).to_have_count(0)
        assert "second" not in shown.locator("chat-log").inner_html()
        expect(shown.locator("[data-deleted] .message-body")).to_have_attribute("data-words", "Message deleted")
    page.get_by_role("button", name="Undo").click()
    for shown in pages:
        expect(said(shown, "second")).to_have_count(1)
        expect(shown.locator("[data-deleted]")).to_have_count(0)
    expect(page.locator(".toasts p")).to_have_count(0)

    cut_for(other, 1500)  # Bob hears nothing of this, and fetches it when he is back
    press(page, said(page, "third"), "Delete")
    expect(page.locator("[data-deleted]")).to_have_count(1)
    Message.objects.get(seq=1).edit_by(alice, body="from another process")  # this one has no sockets
    for shown in pages:
        expect(said(shown, "from another process")).to_have_count(1)
        expect(shown.locator("[data-deleted]")).to_have_count(1)
    fresh = other.context.new_page()
    fresh.goto(f"/rooms/{direct.pk}/")
    htmls = """messages => [...messages.querySelectorAll('[data-seq]')]
        .map((message) => [message.id, message.dataset.version, message.querySelector('.message-main').innerText])"""
    log = ".messages:not(.outbox)"
    assert fresh.locator(log).evaluate(htmls) == other.locator(log).evaluate(htmls)


def test_by_keyboard_alone(pages: tuple[Page, Page]) -> None:  # noqa: PLR0915  (one journey: a page costs a second)
    page, other = pages
    page.clock.install()
    composer = page.locator(".composer textarea")
    expect(composer).to_be_focused()
    page.keyboard.press("ArrowUp")  # the last that one said oneself
    expect(editor(page)).to_have_value("third")
    page.keyboard.press("Escape")
    expect(editor(page)).to_have_count(0)
    expect(composer).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(editor(page)).to_have_value("third")
    page.keyboard.press("End")
    page.keyboard.type(" time")
    page.keyboard.press("Enter")
    expect(said(other, "third time")).to_have_count(1)
    expect(composer).to_be_focused()
    page.keyboard.type("typing")
    page.keyboard.press("ArrowUp")  # moves the caret, since there is text
    expect(editor(page)).to_have_count(0)
    composer.fill("")

    page.locator("chat-log").focus()
    page.keyboard.press("ArrowUp")
    expect(said(page, "third time")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(said(page, "from Bob")).to_be_focused()
    page.keyboard.press("e")
    page.keyboard.press("Delete")
    expect(editor(page)).to_have_count(0)  # it is not hers
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Edit")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Copy link")).to_be_focused()
    page.keyboard.press("Escape")
    expect(said(page, "second")).to_be_focused()
    page.keyboard.press("Backspace")
    expect(page.locator("[data-deleted]")).to_have_count(1)
    expect(page.locator("[data-deleted]")).to_be_focused()  # its place, which was replaced under it
    undo = page.get_by_role("button", name="Undo")
    page.keyboard.press("Tab")
    expect(undo).to_be_focused()
    page.clock.fast_forward(9000)  # longer than it is shown to who does not use it
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")
    expect(said(page, "second")).to_be_focused()
    expect(said(other, "second")).to_have_count(1)
    page.keyboard.press("e")
    expect(editor(page)).to_have_value("second")
    page.keyboard.press("Escape")
    expect(said(page, "second")).to_be_focused()
    page.keyboard.press("Delete")
    expect(undo).to_be_visible()
    page.clock.fast_forward(9000)
    expect(undo).to_have_count(0)
    expect(page.locator("[data-deleted]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(composer).to_be_focused()


def test_what_was_typed_into_an_editor_is_never_lost(  # noqa: PLR0915  (one journey: a page costs a second)
    pages: tuple[Page, Page], direct: Room, alice: User, bob: User, say: Say
) -> None:
    page, _ = pages
    held: list[Route] = []
    page.route(TEXT, lambda route: held.append(route) if route.request.method == "GET" else route.continue_())
    press(page, said(page, "third"), "Edit")
    page.keyboard.type(" in haste")  # before the server said how it was typed
    page.keyboard.press("Enter")
    held.pop().continue_()
    expect(editor(page)).to_have_count(0)
    expect(said(page, "third in haste")).to_have_count(1)
    page.unroute(TEXT)

    page.route(TEXT, lambda route: route.abort())
    press(page, said(page, "second"), "Edit")
    complaint = page.locator("message-editor .composer-error")
    expect(complaint).to_contain_text("No connection.")
    page.unroute(TEXT)
    page.get_by_role("button", name="Save").click()  # tries again to fetch it
    expect(complaint).to_be_hidden()
    expect(page.locator("message-editor")).not_to_have_attribute("aria-busy", "true")
    editor(page).fill("")
    page.keyboard.press("Enter")
    expect(complaint).to_contain_text("Write something")
    editor(page).fill("x" * 10_001)
    page.keyboard.press("Enter")
    expect(complaint).to_contain_text("1 character too many")
    editor(page).fill("a long and careful text")
    page.route(TEXT, lambda route: route.abort())
    page.keyboard.press("Enter")
    expect(complaint).to_contain_text("Not saved. No connection. Your text is kept here.")
    page.unroute(TEXT)

    editor(page).evaluate("field => field.setSelectionRange(2, 6)")
    Message.objects.get(seq=3).edit_by(alice, body="by another tab")  # a push replaces the message under the editor
    expect(page.locator(".message[data-seq='3'][data-version='6']")).to_have_count(1)
    expect(editor(page)).to_have_value("a long and careful text")
    expect(editor(page)).to_be_focused()
    assert editor(page).evaluate("field => [field.selectionStart, field.selectionEnd]") == [2, 6]

    page.reload()
    watching(page, direct.topic)
    expect(page.locator(".message[data-seq='3'] message-editor textarea")).to_have_value("a long and careful text")
    for i in range(55):
        say(direct, bob, f"more {i}")
    expect(said(page, "more 54")).to_have_count(1)
    editor(page).focus()
    page.locator(".log").evaluate("log => (log.scrollTop = 0)")
    page.locator(".messages:not(.outbox)").evaluate(START_AGAIN)  # from the newest page, where the message is no more
    expect(page.locator("message-edits > message-editor textarea")).to_have_value("a long and careful text")
    expect(editor(page)).to_be_focused()
    Message.objects.get(seq=3).delete_by(alice)
    page.get_by_role("button", name="Save").click()
    expect(complaint).to_contain_text("This message was deleted meanwhile")
    expect(editor(page)).to_have_value("a long and careful text")
    Message.objects.get(seq=3).restore_by(alice)
    page.get_by_role("button", name="Save").click()
    expect(editor(page)).to_have_count(0)
    assert Message.objects.get(seq=3).body == "a long and careful text"
    page.reload()
    expect(editor(page)).to_have_count(0)


def test_with_a_finger_and_what_the_other_buttons_do(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    say(direct, bob, "from Bob")
    say(direct, alice, "mine 🎉" * 30)
    page = browse(alice, f"/rooms/{direct.pk}/", has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": 390, "height": 700})
    watching(page, direct.topic)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("addEventListener('message:unread', ({ detail }) => document.body.dataset.unread = detail.seq)")
    said(page, "from Bob").locator(".message-body").tap()
    said(page, "from Bob").get_by_role("button", name="Mark unread").tap()
    expect(page.locator("body")).to_have_attribute("data-unread", "1")
    said(page, "from Bob").get_by_role("button", name="Copy link").tap()
    expect(page.locator(".toasts")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"/rooms/{direct.pk}/messages/1/")

    said(page, "mine").locator(".message-body").tap()
    button = said(page, "mine").get_by_role("button", name="Edit")
    box = button.bounding_box()
    assert box
    assert box["width"] >= 44
    assert box["height"] >= 44
    button.tap()
    expect(editor(page)).to_be_focused()
    assert editor(page).evaluate("field => field.scrollHeight - field.clientHeight") == 0, "it grows with its text"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.locator("message-editor")).not_to_have_attribute("aria-busy", "true")
    editor(page).fill("🎉")
    page.keyboard.press("Enter")  # a new line, on a phone
    page.get_by_role("button", name="Save").tap()
    expect(page.locator(".message-body[data-emoji]")).to_have_text("🎉")
    Room.objects.filter(pk=direct.pk).update(archived_at=timezone.now())
    expect(page.locator("[data-archived]")).to_have_count(1)
    page.locator(".message[data-seq='2'] .message-body").tap()
    expect(page.get_by_role("toolbar").get_by_role("button")).to_have_count(2)
