"""axe-core finds nothing on any page, light and wide in English, dark and narrow in Polish."""

from collections.abc import Callable
from importlib.resources import files

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse
from tests.conftest import Say

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
FOUND = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`))"""
FOR_ANYONE = [
    "login/",
    "signup/",
    "password/reset/",
    "inactive/",
    "account/return/x/",
    "confirm-email/x/",
    "login/code/",
]
FOR_VIEWERS = [
    "/",
    "/people/",
    "/people/?edit={bob}",
    "/people/{bob}/",
    "/live/",
    "/nothing/",
    "/rooms/{lobby}/?before=3",
    "/accounts/profile/",
    "/accounts/sessions/",
    "/accounts/2fa/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/account/",
    "/accounts/logout/",
]
SHAPES = 10  # of these; the rest look like the ones before
AFTER_A_PROOF = ["/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/account/deletion/"]
NARROW = {"color_scheme": "dark", "locale": "pl-PL"}
SAID = [
    "Plain, **bold** and `code`, https://example.com/",
    "```python\ndef ready(reviews): return all(review.done for review in reviews) and len(reviews) > 2  # a long line\n```",
    "> quoted\n\n1. one\n2. two",
    "🐈",
    "שלום, what is new?",
]


@pytest.fixture
def lobby(alice: User, bob: User, say: Say) -> Room:
    room = Room.objects.lobby()
    for person in (alice, bob):
        room.join(person)
    for number, text in enumerate(SAID * 2):
        say(room, (alice, bob)[number % 3 == 0], text)
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True, bio="Down the hole, https://example.com/")
    return room


def faults(page: Page, where: str) -> list[str]:
    page.evaluate(f"{AXE};0")
    return [f"{where}: {fault}" for fault in page.evaluate(FOUND)]


@pytest.mark.parametrize("options", [{}, NARROW], ids=["light, wide, English", "dark, narrow, Polish"])
def test_axe_finds_nothing(browse: Browse, alice: User, bob: User, lobby: Room, options: dict[str, object]) -> None:
    found: list[str] = []
    stranger = browse(None, "/accounts/login/", **options)
    if options:
        stranger.set_viewport_size({"width": 390, "height": 800})
    for path in FOR_ANYONE[: 2 if options else None]:
        stranger.goto(f"/accounts/{path}")
        found += faults(stranger, path)
    page = browse(alice, "/", **options)
    if options:
        page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"/rooms/{lobby.pk}/")
    found += in_a_conversation(page)
    for path in FOR_VIEWERS[: SHAPES if options else None]:
        page.goto(path.format(bob=bob.pk, lobby=lobby.pk))
        found += faults(page, path)
    page.goto("/accounts/reauthenticate/")
    found += faults(page, "the proof")
    if not options:
        page.locator("[name=password]").fill("wonderland-9")
        page.locator("form.stack button").click()
        expect(page.locator("#me")).to_be_visible()
        for path in AFTER_A_PROOF:
            page.goto(path)
            found += faults(page, path)
    assert found == []


def in_a_conversation(page: Page) -> list[str]:
    """A room with all kinds of messages, and everything that opens over it."""
    expect(page.locator("html[data-watching]")).to_be_attached()
    found = faults(page, "a room")
    opened: dict[str, Callable[[], object]] = {
        ".room-header .menu[open]": page.locator(".room-header summary").click,
        "dialog[open] h1": page.locator(".message .person-link b").first.click,
        "emoji-picker": page.locator("emoji-button > button").click,
    }
    for state, open_it in opened.items():
        open_it()
        expect(page.locator(state)).to_be_visible()
        found += faults(page, state)
        page.keyboard.press("Escape")
    page.locator("textarea[name=body]").press_sequentially(":smi")
    expect(page.get_by_role("option").first).to_be_visible()
    found += faults(page, "emoji by name")
    page.locator("textarea[name=body]").fill("x" * 10_001)
    found += faults(page, "a message that is too long")
    page.locator("textarea[name=body]").fill("")
    return found


def test_axe_would_find_something(browse: Browse) -> None:
    page = browse(None, "/accounts/login/")
    page.evaluate("document.querySelector('label').remove()")
    assert any(fault.startswith("here: label:") for fault in faults(page, "here"))
