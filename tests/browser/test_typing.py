"""Who is typing, in real browsers."""

import time

import pytest
from playwright.sync_api import expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching, write

pytestmark = [pytest.mark.waits, pytest.mark.once("postgresql")]


def test_typing_is_seen_until_it_ends(browse: Browse, direct: Room, alice: User, bob: User, charlie: User) -> None:
    page, other = browse(alice, f"/rooms/{direct.pk}/"), browse(bob, f"/rooms/{direct.pk}/")
    for each in (page, other):
        watching(each, direct.topic)
    line = page.locator("typing-line")
    field = other.locator("textarea[name=body]")
    field.press_sequentially("Hi")
    expect(line).to_have_text("Bob Okafor is typing …")
    expect(other.locator("typing-line")).to_have_text("")
    write(other, "Hi there")
    expect(line).to_have_text("", timeout=2500)
    expect(page.locator(".messages .message-body")).to_have_text("Hi there")
    field.press_sequentially("And")
    expect(line).to_have_text("Bob Okafor is typing …")
    field.fill("")
    expect(line).to_have_text("", timeout=2500)
    field.press_sequentially("S")
    expect(line).to_have_text("Bob Okafor is typing …")
    silent = time.monotonic()
    expect(line).to_have_text("", timeout=7000)
    assert time.monotonic() - silent > 3


def test_two_are_named_and_more_are_several(browse: Browse, alice: User, bob: User, charlie: User, dora: User) -> None:
    lobby = Room.objects.lobby()
    for person in (alice, bob, charlie, dora):
        lobby.join(person)
    page = browse(alice, f"/rooms/{lobby.pk}/")
    watching(page, lobby.topic)
    others = [browse(person, f"/rooms/{lobby.pk}/") for person in (bob, charlie, dora)]
    for other in others:
        watching(other, lobby.topic)
    for other, said in zip(
        others,
        (
            "Bob Okafor is typing …",
            "Bob Okafor and Charlie Lindqvist are typing …",
            "Several people are typing …",
        ),
        strict=True,
    ):
        other.locator("textarea[name=body]").press_sequentially("x")
        expect(page.locator("typing-line")).to_have_text(said, timeout=2500)
