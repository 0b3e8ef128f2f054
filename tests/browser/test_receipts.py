"""Read receipts: what was really in sight of somebody, shown to the others under the last message that they saw, live."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Membership, Room
from tests.browser.conftest import Browse, watching, write
from tests.conftest import Say, make_person

pytestmark = pytest.mark.once

FACES = ".readers > button"


def look_away(page: Page) -> None:
    page.evaluate("document.hasFocus = () => false")


def look_at(page: Page) -> None:
    page.evaluate("() => { delete document.hasFocus; window.dispatchEvent(new Event('focus')) }")


def under(page: Page, text: str) -> None:
    """Wait until the one row of faces stands under this message."""
    expect(page.locator(FACES)).to_have_count(1)
    expect(page.locator(".message", has=page.locator(FACES))).to_contain_text(text)


def place(page: Page, text: str) -> float:
    box = page.get_by_text(text, exact=True).bounding_box()
    assert box
    return box["y"]


def seen(room: Room, person: User) -> int:
    return Membership.objects.get(room=room, user=person).seen_seq


def test_a_face_stands_under_what_was_really_seen(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    for i in range(60):
        say(direct, alice, f"number {i + 1}")
    a, b = browse(alice, f"/rooms/{direct.pk}/"), browse(bob, "/people/")
    charlies = browse(charlie, "/people/")
    watching(a, direct.topic)
    expect(a.locator(FACES)).to_have_count(0)

    # Bob has the room open behind another window; then he looks at it, at its first unread page, and reads on
    look_away(b)
    b.locator(f"#conversation-{direct.pk}").click()
    expect(b.get_by_text("number 60", exact=True)).to_be_visible()
    expect(b.locator(f"#conversation-{direct.pk} .unread")).to_contain_text("60")
    b.wait_for_timeout(1200)
    assert seen(direct, bob) == 0
    look_at(b)
    under(a, "number 60")
    expect(b.locator(f"#conversation-{direct.pk} .unread")).to_have_count(0)
    assert place(a, "number 60") > 0

    # It moves along, and no line of text moves for it
    say(direct, alice, "number 61")
    expect(a.get_by_text("number 61", exact=True)).to_be_in_viewport()
    before = place(a, "number 61")
    under(a, "number 61")
    assert place(a, "number 61") == before
    face = a.locator(FACES)
    expect(face).to_have_attribute("aria-label", re.compile(r"^Seen by Bob Okafor, \d"))

    # Out of a tab in the background, and out of sight, nothing is seen
    b.evaluate("Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })")
    say(direct, alice, "behind another tab")
    expect(b.get_by_text("behind another tab")).to_be_attached()
    b.locator("chat-log").evaluate("log => log.scrollTop = -900")
    b.wait_for_timeout(1300)
    b.evaluate("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')) }")
    say(direct, alice, "below the view")
    expect(a.get_by_text("below the view")).to_be_visible()
    b.wait_for_timeout(1300)
    assert seen(direct, bob) == 61
    under(a, "number 61")
    b.locator("chat-log").evaluate("log => log.scrollTop = 0")
    under(a, "below the view")

    # Names and times on hover, on focus and after a tap; one's own answer says by itself that one was there
    card = a.locator(".readers-card")
    expect(card).to_be_hidden()
    face.hover()
    expect(card).to_have_text(re.compile(r"^Seen byBob Okafor\d"))
    a.mouse.move(5, 5)
    expect(card).to_be_hidden()
    face.focus()
    expect(card).to_be_visible()
    a.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(b.locator(FACES)).to_have_count(0)  # Alice has just said the last one
    write(b, "an answer")
    expect(a.locator(FACES)).to_have_count(0)
    under(b, "an answer")
    expect(charlies.locator("html")).not_to_have_attribute("data-watching", re.compile("receipts"))


def test_in_a_small_room_who_never_spoke_has_a_face_and_many_are_a_number(
    browse: Browse, alice: User, bob: User, say: Say
) -> None:
    room = Room.objects.create(kind=Room.Kind.CLOSED, name="Readers")
    quiet = [make_person(f"quiet{i}", f"Quiet {i}") for i in range(8)]
    for person in (alice, bob, *quiet):
        room.join(person)
    say(room, alice, "who reads this?")
    Membership.objects.filter(user__in=quiet).update(seen_seq=1, read_seq=1)
    page = browse(alice, f"/rooms/{room.pk}/")
    expect(page.locator(f"{FACES} .avatar:visible")).to_have_count(5)
    expect(page.locator(".readers-more")).to_have_text("+3")
    face = page.locator(FACES)
    face.focus()
    for person in quiet:
        expect(page.locator(".readers-card")).to_contain_text(person.name)
    quiet[3].name = "Loud Lou"
    quiet[3].save()
    expect(page.locator(".readers-card")).to_contain_text("Loud Lou")
    browse(bob, f"/rooms/{room.pk}/")
    expect(page.locator(".readers-more")).to_have_text("+4")
    write(page, "a second")
    expect(page.locator(".message", has=face.first)).to_contain_text("who reads this?")
    expect(page.locator(FACES)).to_have_count(2)
    expect(page.locator(FACES).last).to_have_attribute("aria-label", re.compile("^Seen by Bob Okafor"))
