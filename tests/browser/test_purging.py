"""While people read, the operator purges: open pages let go of what is gone, wherever in the room they are."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Membership
from tests.browser.conftest import Browse, database_url, watching, write
from tests.chat.rooms import room_of
from tests.long_room import say_many
from tests.servers import ROOT

pytestmark = pytest.mark.once

LENGTH, OLD = 140, 110


def manage(*arguments: str) -> None:
    """As the operator does: in a process of its own, which an embedded server hears by its outbox."""
    environment = os.environ | {"DATABASE_URL": database_url()}
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)


def test_open_pages_let_go_of_what_is_purged(browse: Browse, alice: User, bob: User, charlie: User) -> None:
    room = room_of(alice, bob)
    room.join(charlie)
    say_many(room, [alice, bob], LENGTH)
    room.messages.filter(seq__lte=OLD).update(created_at=timezone.now() - timedelta(days=100))
    Membership.objects.filter(user=charlie).update(read_seq=20)
    reading, writing = browse(alice, f"/rooms/{room.pk}/messages/60/"), browse(bob, f"/rooms/{room.pk}/")
    elsewhere = browse(charlie)
    for page in (reading, writing):
        watching(page, room.topic)
    watching(elsewhere, f"activity:{room.pk}")
    expect(reading.locator("[data-seq='60']")).to_be_visible()
    expect(writing.locator(f"[data-seq='{LENGTH}']")).to_be_visible()
    unread = elsewhere.locator(f"#conversation-{room.pk}")
    expect(unread).to_have_attribute("data-unread", "120")
    writing.locator("textarea[name=body]").fill("half a sentence")
    manage("purge", "--older-than", "90d", "--yes")
    for page in (reading, writing):
        expect(page.locator(f"[data-seq='{OLD}']")).to_have_count(0, timeout=3000)
        expect(page.locator(f"[data-seq='{OLD + 1}']")).to_have_count(1)
        expect(page.locator(".log-start")).to_have_text("Older messages are not kept.")
    assert min(int(seq) for seq in seqs(reading)) == OLD + 1
    expect(unread).to_have_attribute("data-unread", str(LENGTH - OLD))
    # and what is said afterwards comes as ever
    expect(writing.locator("textarea[name=body]")).to_have_value("half a sentence")
    write(writing, "and the other half")
    expect(reading.locator(f"[data-seq='{LENGTH + 1}']")).to_have_count(1)
    assert [int(seq) for seq in seqs(reading)] == list(range(OLD + 1, LENGTH + 2))


def seqs(page: Page) -> list[str]:
    found: list[str] = page.locator(".messages [data-seq]").evaluate_all("them => them.map(it => it.dataset.seq)")
    return found
