"""Notifications and the sound of a page that is out of sight, and rooms that are muted."""

import re
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from accounts.models import User
from chat.marks import read_everything
from chat.models import Room
from tests.browser.conftest import Browse, watching
from tests.conftest import Say

pytestmark = pytest.mark.once

# Headless pages are always in sight, and show no notifications. This one can look away, and writes down what it would show.
STAGE = """
  window.notices = [];
  window.sounds = 0;
  window.asked = 0;
  window.away = false;
  Object.defineProperty(document, "hidden", { get: () => window.away });
  Object.defineProperty(document, "visibilityState", { get: () => (window.away ? "hidden" : "visible") });
  window.look = (away) => { window.away = away; document.dispatchEvent(new Event("visibilitychange")); };
  window.Notification = class {
    static permission = sessionStorage.getItem("permission") ?? "granted";
    static async requestPermission() { window.asked += 1; return (this.permission = "granted"); }
    constructor(title, options) {
      for (const other of window.notices) other.closed ||= other.tag === options.tag; // it takes the place of the other
      this.title = title;
      Object.assign(this, options);
      window.notices.push(this);
    }
    close() { this.closed = true; this.onclose?.(); }
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...given) { window.sounds += 1; return start.apply(this, given); };
"""


def stage(page: Page, permission: str = "granted") -> Page:
    """The page once more, where it can look away."""
    page.evaluate(f"sessionStorage.setItem('permission', '{permission}')")
    page.add_init_script(STAGE)
    page.reload()
    page.locator("body").press("Shift")  # a gesture: from now on it may sound
    return page


def look_away(page: Page, *, away: bool = True) -> None:
    page.evaluate(f"look({str(away).lower()})")
    name = "speaks" if away else "looks"
    page.wait_for_selector("html")
    for _ in range(200):
        held: list[str] = page.evaluate("navigator.locks.query().then(({ held }) => held.map(({ name }) => name))")
        if any(f"chatpoc:{name}:" in lock for lock in held):
            return
        page.wait_for_timeout(10)
    raise AssertionError(held)


def told(page: Page) -> list[list[Any]]:
    found: list[list[Any]] = page.evaluate("notices.filter((it) => !it.closed).map(({ title, body }) => [title, body])")
    return found


def expect_told(page: Page, *wanted: list[str]) -> None:
    for _ in range(300):
        if told(page) == list(wanted):
            return
        page.wait_for_timeout(20)
    assert told(page) == list(wanted)


def unread(page: Page, room: Room, count: int) -> None:
    expect(page.locator(f"#conversation-{room.pk}[data-unread='{count}']")).to_have_count(1)


@pytest.fixture
def lobby(alice: User, bob: User, charlie: User) -> Room:
    room = Room.objects.lobby()
    for person in (alice, bob, charlie):
        room.join(person)
    return room


def test_a_page_out_of_sight_tells_what_is_new_until_it_is_read(
    browse: Browse, direct: Room, lobby: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    page, bobs = stage(browse(alice, f"/rooms/{direct.pk}/")), stage(browse(bob, "/people/"))
    for each in (page, bobs):
        watching(each, f"activity:{direct.pk}")
    say(direct, bob, "while it is in sight")
    expect(page.locator(".messages .message-body")).to_have_count(1)
    assert told(page) == []
    look_away(page)
    look_away(bobs)
    say(lobby, bob, "to **everybody**")
    expect_told(page, ["Bob Okafor in Lobby", "to everybody"])
    say(direct, bob, "to you")
    expect_told(page, ["Bob Okafor in Lobby", "to everybody"], ["Bob Okafor", "to you"])
    assert page.evaluate("sounds") == 2, "two tones, and then a rest"
    assert page.evaluate("notices[1].tag") == f"chatpoc:/rooms/{direct.pk}/"
    assert page.evaluate("notices.every((it) => it.silent)"), "the sound is the page's own, and can be off"
    say(lobby, bob, "and again")
    unread(page, lobby, 2)
    for _ in range(300):
        if len(page.evaluate("notices")) == 3:
            break
        page.wait_for_timeout(20)
    assert page.evaluate("[notices[2].tag === notices[0].tag, notices[2].renotify]") == [True, False], "a burst is one"
    assert told(bobs) == [], "one's own messages are no news"

    look_away(page, away=False)  # the direct one is read by looking
    expect(page.locator(f"#conversation-{direct.pk}[data-unread]")).to_have_count(0)
    for _ in range(100):
        if page.evaluate("notices[1].closed"):
            break
        page.wait_for_timeout(20)
    assert page.evaluate("[notices[1].closed, notices[2].closed ?? false]") == [True, False]
    page.evaluate("notices[2].onclick()")
    expect(page.locator("#room-title")).to_have_text("Lobby")
    assert page.evaluate("notices[2].closed")

    look_away(page)
    say(direct, bob, "read elsewhere")
    expect_told(page, ["Bob Okafor", "read elsewhere"])
    read_everything(alice, room=direct)
    expect_told(page)


def test_several_tabs_tell_once_and_none_where_one_of_them_is_looked_at(
    browse: Browse, direct: Room, lobby: Room, alice: User, bob: User, say: Say
) -> None:
    tabs = [stage(browse(alice, path)) for path in ("/people/", "/", f"/rooms/{lobby.pk}/")]
    first, second, looked_at = tabs
    asked: list[tuple[int, str]] = []

    def note(number: int, request: Request) -> None:
        if "/notifications/" in request.url:
            asked.append((number, request.url.partition("?")[2]))

    for number, tab in enumerate(tabs):
        tab.on("request", partial(note, number))
    for tab in tabs:
        watching(tab, f"activity:{direct.pk}")
        watching(tab, f"activity:{lobby.pk}")
    for tab in (first, second):
        look_away(tab)
    looking = f"import('/static/js/looking.js').then((it) => it.notLookedAt(['{lobby.pk}', '{direct.pk}']))"
    assert first.evaluate(looking) == [str(direct.pk)]
    say(lobby, bob, "seen")
    expect(looked_at.locator(".messages .message-body")).to_have_count(1)
    say(direct, bob, "not seen")
    for tab in tabs:
        unread(tab, direct, 1)
    expect_told(first, ["Bob Okafor", "not seen"])
    say(direct, bob, "more")
    for tab in tabs:
        unread(tab, direct, 2)
    expect_told(first, ["Bob Okafor", "more"])
    assert set(asked) == {(0, f"rooms={direct.pk}")}, "one asks for all, and not for what is looked at"
    assert [told(tab) for tab in (second, looked_at)] == [[], []]
    first.close()  # another speaks
    for _ in range(200):
        if second.evaluate("navigator.locks.query().then(({ pending }) => pending.length)") == 0:
            break
        second.wait_for_timeout(10)
    say(direct, bob, "still not")
    expect_told(second, ["Bob Okafor", "still not"])


def test_a_muted_room_stays_quiet_everywhere(
    browse: Browse, direct: Room, lobby: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    page, other = browse(alice, f"/rooms/{direct.pk}/"), stage(browse(alice, "/people/"))
    charlies = browse(charlie, "/people/")
    for each in (page, other):
        watching(each, f"activity:{direct.pk}")
    page.get_by_label("Conversation menu").click()
    page.get_by_role("button", name="Mute").click()
    expect(page.get_by_role("button", name="Unmute")).to_be_visible()
    for each in (page, other):
        expect(each.locator(f"#conversation-{direct.pk} svg.muted")).to_be_visible()
    expect(charlies.locator("svg.muted")).to_have_count(0)
    page.goto("/people/")
    watching(page, f"activity:{direct.pk}")
    look_away(other)
    say(direct, bob, "quietly")
    unread(other, direct, 1)
    say(lobby, charlie, "aloud")
    expect_told(other, ["Charlie Lindqvist in Lobby", "aloud"])
    expect(other).to_have_title("(1) People · ChatPOC")
    badge = page.locator(f"#conversation-{direct.pk} .unread")
    accent = page.locator(f"#conversation-{lobby.pk} .unread").evaluate("it => getComputedStyle(it).backgroundColor")
    assert badge.evaluate("it => getComputedStyle(it).backgroundColor") != accent
    direct.memberships.get(user=alice).notify_of("everything")
    expect(other).to_have_title("(2) People · ChatPOC")
    expect(page.locator("svg.muted")).to_have_count(0)


def test_it_is_asked_for_on_a_click_alone_and_can_be_off(
    browse: Browse, direct: Room, alice: User, bob: User, say: Say
) -> None:
    page = stage(browse(alice, "/people/"), permission="default")
    watching(page, f"activity:{direct.pk}")
    page.get_by_label("Account", exact=True).click()
    invitation = page.get_by_role("button", name="Turn on notifications")
    expect(invitation).to_be_visible()
    assert page.evaluate("asked") == 0
    invitation.click()
    expect(invitation).to_be_hidden()
    assert page.evaluate("asked") == 1

    settings = stage(browse(alice, "/accounts/profile/"))
    notices, sound = settings.get_by_label("Notify me of new messages"), settings.get_by_label("Play a sound")
    expect(notices).to_be_checked()
    expect(sound).to_be_checked()
    look_away(page)
    sound.uncheck()
    say(direct, bob, "silently")
    expect_told(page, ["Bob Okafor", "silently"])
    assert page.evaluate("sounds") == 0
    notices.uncheck()
    sound.check()
    say(direct, bob, "only heard")
    unread(page, direct, 2)
    for _ in range(200):
        if page.evaluate("sounds") == 2:
            break
        page.wait_for_timeout(20)
    assert page.evaluate("[sounds, notices.length]") == [2, 1]
    settings.reload()
    expect(notices).not_to_be_checked()
    settings.get_by_role("button", name="Hear it").click()
    assert settings.evaluate("sounds") == 2

    blocked = stage(browse(alice, "/accounts/profile/"), permission="denied")
    expect(blocked.get_by_text("Your browser blocks notifications")).to_be_visible()
    expect(blocked.get_by_label("Notify me of new messages")).to_be_disabled()


def test_an_invitation_that_is_dismissed_does_not_come_back(browse: Browse, bob: User) -> None:
    page = stage(browse(bob, "/people/"), permission="default")
    page.get_by_label("Account", exact=True).click()
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_role("button", name="Turn on notifications")).to_be_hidden()
    page.reload()
    page.get_by_label("Account", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("Profile"))).to_be_visible()
    expect(page.get_by_role("button", name="Turn on notifications")).to_be_hidden()
    assert page.evaluate("asked") == 0
