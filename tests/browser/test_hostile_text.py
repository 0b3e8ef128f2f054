"""Hostile text in a browser: nothing runs, nothing is fetched, and it breaks no line but its own."""

import re
from urllib.parse import urlsplit

import pytest
from django.db.models import F
from playwright.sync_api import Dialog, Page, expect

from accounts.models import User
from chat.models import Message, Room
from tests.browser.conftest import Browse, watching
from tests.chat.hostile import BAIT, PAYLOADS
from tests.conftest import Say

pytestmark = pytest.mark.once

PHONE = {"width": 390, "height": 800}
ZALGO = "Z" + "\u0301\u0316\u0334\u0351\u0330" * 12 + "algo"
MARKUP = "<img src=x onerror=alert(1)>"
OVERRIDE = "\u202egnp.exe"


def fits(page: Page) -> bool:
    """Nothing is wider than the screen, the page or its log."""
    wide = """() => [document.documentElement, ...document.querySelectorAll(".log, .sidebar, .people")]
      .filter((part) => part.scrollWidth > part.clientWidth).length"""
    return bool(page.evaluate(wide) == 0)


def test_nothing_of_it_runs_or_leaves_its_place(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    User.objects.filter(pk=bob.pk).update(name=f"{MARKUP} {ZALGO}"[:60], bio=f"{MARKUP}\n{OVERRIDE}\n{'w' * 120}")
    room = Room.objects.create(
        kind="closed", name=f"{OVERRIDE}{ZALGO}{'r' * 50}"[:80], subject=f"{MARKUP} {'s' * 200}"[:250]
    )
    for member in (alice, bob):
        room.join(member)
    for body in [
        *PAYLOADS[-30:],
        *(BAIT[name] for name in ("word", "emoji", "zalgo", "bidi", "brackets in an address", "tabs")),
    ]:
        say(direct, bob, body.replace("\x00", "") if body.strip() else "a")
    page = browse(alice, f"/rooms/{direct.pk}/")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    asked: list[str] = []
    spoken: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    def heard(dialog: Dialog) -> None:
        spoken.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", heard)
    page.context.add_init_script("document.addEventListener('securitypolicyviolation', () => (document.title = 'CSP'))")
    for path in (f"/rooms/{direct.pk}/", f"/rooms/{room.pk}/", "/", "/people/", f"/people/{bob.pk}/"):
        page.goto(path)
        watching(page, f"people:{bob.pk}")  # each of these pages shows his name
        assert fits(page), path
        expect(page).not_to_have_title("CSP")
    assert not spoken
    ours = urlsplit(page.url).netloc
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {ours}
    assert not [url for url in asked if re.search(r"/x$|evil", url)]
    assert not browse(charlie, "/").locator(".conversation").count()


def test_an_override_and_stacked_accents_stay_in_their_message(
    browse: Browse, direct: Room, alice: User, bob: User, say: Say
) -> None:
    say(direct, bob, "before")
    turned = say(direct, bob, "turned")
    Message.objects.filter(pk=turned.pk).update(body=OVERRIDE, version=F("version"))  # past the form
    say(direct, bob, "after one two")
    say(direct, bob, ("e" + "\u0301" * 60 + "\u0316" * 60) * 20)
    page = browse(alice, f"/rooms/{direct.pk}/")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    shown = page.locator(".message-body")
    expect(shown.nth(1)).to_have_text("gnp.exe")
    left, right = shown.nth(2).evaluate(
        "(body) => { const text = body.querySelector('p').firstChild; const range = new Range();"
        " return [0, 6].map((at) => (range.setStart(text, at), range.setEnd(text, at + 1), range.getBoundingClientRect().x)); }"
    )
    assert left < right, "it runs from the left"
    assert shown.nth(3).evaluate("(body) => getComputedStyle(body).overflowY") == "clip"
    for name in (page.locator(".message-author").first, page.locator(".conversation-title").first):
        assert name.evaluate("(name) => getComputedStyle(name).unicodeBidi") == "isolate"
