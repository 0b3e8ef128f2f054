"""axe-core finds nothing on any page, light and wide in English, dark and narrow in Polish."""

from collections.abc import Callable
from importlib.resources import files

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse
from tests.conftest import Say

pytestmark = pytest.mark.once

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
    "/rooms/",
    "/rooms/new/",
    "/rooms/{garden}/settings/",
    "/rooms/{garden}/people/",
    "/rooms/{garden}/invitations/",
    "/rooms/{garden}/leaving/",
    "/rooms/{garden}/messages/2/",
    "/rooms/{garden}/messages/2/deletion/",
    "/rooms/{garden}/messages/2/taking-down/",
    "/rooms/{garden}/people/{bob}/silence/",
    "/rooms/{garden}/people/{bob}/removal/",
    "/rooms/{archived}/",
    "/rooms/{open}/",
    "/people/",
    "/people/?edit={bob}",
    "/people/{bob}/",
    "/live/",
    "/nothing/",
    "/accounts/profile/",
    "/rooms/{lobby}/?before=3",
    "/accounts/sessions/",
    "/accounts/2fa/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/account/",
    "/accounts/logout/",
]
SHAPES = 18  # of these; the rest look like the ones before
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


@pytest.fixture
def rooms(alice: User, bob: User, charlie: User, lobby: Room, say: Say) -> dict[str, int]:
    """One with all that messages may say of themselves, one to read, and one to join."""
    garden, archived = (
        Room.objects.open_by(alice, kind="closed", name=name, subject="Bees") for name in ("Garden", "Old")
    )
    for room in (garden, archived):
        room.join(bob)
    messages = [
        say(garden, author, text) for author, text in ((bob, "hi"), (alice, "one"), (alice, "two"), (bob, "new"))
    ]
    messages[1].edit_by(alice, body="first")
    messages[2].delete_by(alice)
    garden.join(charlie)
    garden.memberships.exclude(user=bob).update(read_seq=3, seen_seq=3)
    archived.archive(by=alice)
    to_join = Room.objects.open_by(bob, kind="open", name="Books")
    return {"lobby": lobby.pk, "garden": garden.pk, "archived": archived.pk, "open": to_join.pk}


def faults(page: Page, where: str) -> list[str]:
    page.evaluate(f"{AXE};0")
    return [f"{where}: {fault}" for fault in page.evaluate(FOUND)]


@pytest.mark.parametrize("options", [{}, NARROW], ids=["light, wide, English", "dark, narrow, Polish"])
def test_axe_finds_nothing(
    browse: Browse, alice: User, bob: User, rooms: dict[str, int], options: dict[str, object]
) -> None:
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
    page.goto(f"/rooms/{rooms['garden']}/")
    found += with_its_messages(page)
    page.goto(f"/rooms/{rooms['lobby']}/")
    found += in_a_conversation(page)
    for path in FOR_VIEWERS[: SHAPES if options else None]:
        page.goto(path.format(bob=bob.pk, **rooms))
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


def with_its_messages(page: Page) -> list[str]:
    """Faces of readers, the unread line, what is edited and deleted; the toolbar, the editor; what opens over every page."""
    expect(page.locator("html[data-watching]")).to_be_attached()
    expect(page.locator(".readers > button")).to_be_visible()
    expect(page.locator("[data-new]")).to_be_visible()
    page.locator(".readers > button").focus()
    expect(page.locator(".readers-card")).to_be_visible()
    page.locator(".message-edited").hover()
    expect(page.get_by_role("toolbar").locator("[name=edit]")).to_be_visible()
    found = faults(page, "messages and their toolbar")
    page.get_by_role("toolbar").locator("[name=edit]").click()
    page.locator("message-editor textarea").fill("")
    page.keyboard.press("Enter")
    expect(page.locator("message-editor [role=alert]")).to_be_visible()
    found += faults(page, "the editor")
    page.keyboard.press("Escape")
    page.locator(".log").focus()
    for keys, dialog in (("?", "dialog.shortcuts"), ("Control+k", "dialog.finder")):
        page.keyboard.press(keys)
        expect(page.locator(dialog)).to_be_visible()
        if keys == "Control+k":
            expect(page.locator("dialog.finder [role=option]").first).to_be_visible()
        found += faults(page, dialog)
        page.keyboard.press("Escape")
    return found


def in_a_conversation(page: Page) -> list[str]:
    """A room with all kinds of messages, and everything that opens over it."""
    expect(page.locator("html[data-watching]")).to_be_attached()
    found = faults(page, "a room")
    opened: dict[str, Callable[[], object]] = {
        ".room-header .room-menu": page.locator(".room-header summary").first.click,
        ".room-header .notify": page.locator(".room-header summary").last.click,
        "dialog[open] h1": page.locator(".message .person-link b").first.click,
        "emoji-picker": page.locator("emoji-button > button").click,
    }
    for state, open_it in opened.items():
        open_it()
        expect(page.locator(state)).to_be_visible()
        found += faults(page, state)
        page.keyboard.press("Escape")
        page.evaluate("document.querySelectorAll('.room-header [open]').forEach((menu) => (menu.open = false))")
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
