"""`manage.py seed` beside a running chat: open pages follow."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching

pytestmark = pytest.mark.once


def seed(**options: object) -> None:
    call_command("seed", stdout=StringIO(), people=12, rooms=5, days=20, **options)


def test_open_pages_follow_what_is_seeded(browse: Browse, alice: User, bob: User, charlie: User) -> None:
    seed(messages=300, until="2026-03-01T12:00")
    room = Room.objects.filter(kind="open", is_lobby=False).order_by("-last_seq")[0]
    lobby = Room.objects.lobby()
    for person in (alice, bob):
        room.join(person)
        lobby.join(person)
    reads = browse(alice, f"/rooms/{room.pk}/")
    elsewhere = browse(bob, f"/rooms/{lobby.pk}/")
    rooms = browse(charlie, "/rooms/")
    watching(reads, room.topic)
    watching(elsewhere, f"activity:{room.pk}")
    watching(rooms, "openrooms")
    unread = elsewhere.locator(f"#conversation-{room.pk} .unread")
    expect(unread).to_have_count(0)

    seed(messages=1500, until="2026-03-20T12:00")
    newest = room.messages.order_by("-seq")[0]
    expect(reads.locator(".messages [data-seq]").last).to_have_attribute("data-seq", str(newest.seq))
    expect(reads.locator(f"#{newest.dom_id}")).to_be_visible()
    expect(unread).to_have_text(re.compile(r"\d"))

    before = rooms.locator("main li").count()
    seed(messages=50, random_seed=2, locale="de")
    expect(rooms.get_by_text("Allgemein")).to_be_visible()
    assert rooms.locator("main li").count() >= before
