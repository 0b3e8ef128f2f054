"""Two members in two browsers talk; an outsider sees nothing."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, bodies, watching, write
from tests.conftest import Say
from tests.servers import ChatServer


@pytest.fixture
def pages(browse: Browse, direct: Room, alice: User, bob: User) -> tuple[Page, Page]:
    both = browse(alice, f"/rooms/{direct.pk}/"), browse(bob, f"/rooms/{direct.pk}/")
    for page in both:
        watching(page, direct.topic)
    return both


def test_two_people_talk_both_ways_each_message_once_and_in_order(
    pages: tuple[Page, Page], browse: Browse, charlie: User
) -> None:
    outsider = browse(charlie, "/")
    told: list[str] = []
    outsider.on("websocket", lambda socket: socket.on("framereceived", lambda text: told.append(str(text))))
    outsider.reload()
    outsider.wait_for_selector("html[data-watching]", state="attached")
    said = []
    for turn in range(6):
        said.append(f"message {turn}")
        write(pages[turn % 2], said[-1])
        expect(pages[(turn + 1) % 2].get_by_text(said[-1], exact=True)).to_be_visible()
    for page in pages:
        assert bodies(page) == said
        page.reload()
        assert bodies(page) == said
    assert "message" not in outsider.locator("body").inner_text()
    assert told, "the outsider's socket is heard"
    assert not [text for text in told if "message" in text or "room" in text or "activity" in text], told
    assert outsider.goto(re.sub(r".*(/rooms/\d+/)", r"\1", pages[0].url)).status == 404  # type: ignore[union-attr]


def test_a_burst_arrives_once_and_in_the_order_it_was_typed(pages: tuple[Page, Page]) -> None:
    said = [f"line {i}" for i in range(15)]
    for line in said:
        write(pages[0], line)
    for page in pages:
        expect(page.locator(".messages .message-body")).to_have_text(said)
        expect(page.locator(".outbox .message")).to_have_count(0)


def test_both_write_at_the_same_time_and_see_the_same(pages: tuple[Page, Page]) -> None:
    for i in range(5):
        for page, name in zip(pages, "ab", strict=True):
            page.locator("textarea[name=body]").fill(f"{name}{i}")
        for page in pages:
            page.locator(".send").click()
    for page in pages:
        expect(page.locator(".messages .message-body")).to_have_count(10)
    assert bodies(pages[0]) == bodies(pages[1])


def test_shift_enter_breaks_the_line(pages: tuple[Page, Page]) -> None:
    field = pages[0].locator("textarea[name=body]")
    field.click()
    for key in ("a", "Shift+Enter", "b", "Enter"):
        pages[0].keyboard.press(key)
    expect(pages[1].get_by_text("a\nb", exact=True)).to_be_visible()
    assert bodies(pages[1]) == ["a\nb"]
    expect(field).to_have_value("")


def test_html_that_somebody_types_is_only_text(pages: tuple[Page, Page]) -> None:
    evil = '<img src=x onerror="document.title=1"><script>document.title=1</script><hx-partial hx-target="body">x</hx-partial>'
    write(pages[0], evil)
    expect(pages[1].locator(".message-body").last).to_have_text(evil)
    expect(pages[1]).to_have_title("Alice Moreau · ChatPOC")


def test_one_person_in_two_tabs_sees_their_own_message_in_both(
    pages: tuple[Page, Page], browse: Browse, direct: Room, alice: User
) -> None:
    second = browse(alice, f"/rooms/{direct.pk}/")
    watching(second, direct.topic)
    write(pages[0], "from the first tab")
    expect(second.locator(".message[data-mine] .message-body")).to_have_text(["from the first tab"])


def test_moving_between_conversations_keeps_the_socket(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    other = Room.objects.direct(alice, charlie)
    say(other, charlie, "hello from Charlie")
    page = browse(alice, "/")
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.get_by_role("link", name="Charlie Lindqvist").click()
    watching(page, other.topic)
    opened_so_far = len(sockets)
    page.get_by_role("link", name="Bob Okafor").click()
    watching(page, direct.topic)
    expect(page).to_have_title("Bob Okafor · ChatPOC")
    expect(page.locator("#sidebar a[aria-current]")).to_have_text(re.compile("Bob Okafor"))
    page.go_back()
    watching(page, other.topic)
    expect(page.get_by_role("heading", level=1)).to_have_text("Charlie Lindqvist")
    assert len(sockets) == opened_so_far


def test_without_javascript_a_message_can_be_read_and_sent(
    browse: Browse, direct: Room, alice: User, bob: User, say: Say, chat: ChatServer
) -> None:
    for i in range(60):
        say(direct, bob, f"number {i}")
    page = browse(None, f"/rooms/{direct.pk}/", java_script_enabled=False)
    page.get_by_label("Email").fill("ALICE@example.com")
    page.get_by_label("Password").fill("wonderland-9")
    page.get_by_role("button", name="Sign in").click()
    body = page.locator(".messages .message-body")
    expect(body.last).to_have_text("number 59")
    page.get_by_role("link", name="Older messages").click()
    expect(body.first).to_have_text("number 0")
    page.get_by_role("link", name="Jump to newest").click()
    expect(body.last).to_have_text("number 59")
    page.locator("textarea[name=body]").fill("from a plain page")
    page.get_by_role("button", name="Send").click()
    expect(body.last).to_have_text("from a plain page")


def test_people_are_found_and_written_to(browse: Browse, alice: User, bob: User, charlie: User) -> None:
    page = browse(alice, "/")
    page.get_by_label("Find people").click()
    expect(page.locator(".person")).to_have_count(2)
    page.get_by_label("Search people").press_sequentially("okaf", delay=20)
    expect(page.locator(".person")).to_have_count(1)
    expect(page.get_by_label("Search people")).to_be_focused()
    page.get_by_label("Search people").fill("zzz")
    expect(page.get_by_text("Nobody is called “zzz”.")).to_be_visible()
    page.get_by_label("Search people").fill("@bob")
    page.get_by_role("button", name="Message").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bob Okafor")
    expect(page.get_by_text("No messages yet. Say hello.")).to_be_visible()
    write(page, "found you")
    expect(page.locator(".messages .message-body")).to_have_text(["found you"])


def test_a_newcomer_signs_up_and_lands_in_the_lobby(browse: Browse, alice: User) -> None:
    Room.objects.lobby().join(alice)
    page = browse(None, "/accounts/signup/")
    for label, text in (
        ("Your name", "Newcomer"),
        ("Handle", "newcomer"),
        ("Email", "new@example.com"),
        ("Password", "sunny-day-42"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("link", name="Lobby").click()
    write(page, "I am new here")
    watcher = browse(alice, f"/rooms/{Room.objects.lobby().pk}/")
    expect(watcher.get_by_text("I am new here")).to_be_visible()
