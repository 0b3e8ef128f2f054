"""How often a page asks the server what it has to hear."""

import json
import uuid

import pytest
from playwright.sync_api import expect

from accounts.models import User
from chat.models import Membership, Room
from tests.browser.conftest import Browse, watching
from tests.conftest import make_person

pytestmark = pytest.mark.once


def test_one_watch_a_move_one_a_card_and_one_for_somebody_new(
    browse: Browse, direct: Room, alice: User, bob: User
) -> None:
    lobby = Room.objects.lobby()
    for person in (alice, bob):
        lobby.join(person)
    watches: list[int] = []
    page = browse(alice, "about:blank")

    def sent(text: str | bytes) -> None:
        if "watch" in (frame := json.loads(text)):
            watches.append(len(frame["watch"]))

    page.on("websocket", lambda socket: socket.on("framesent", sent))
    page.goto("/")
    watching(page, f"presence:{bob.pk}")
    page.wait_for_timeout(1500)
    assert len(watches) == 1
    page.locator(f"#conversation-{lobby.pk}").click()
    watching(page, lobby.topic)
    page.wait_for_timeout(1500)
    assert len(watches) == 2
    lobby.post(author=bob, client_id=uuid.uuid4(), body="hello")
    expect(page.locator(".message presence-dot")).to_have_attribute("data-state", "offline")
    page.wait_for_timeout(1500)
    assert len(watches) == 2, "he was on the page before"
    page.locator(".message .person-link").first.click()
    expect(page.locator(".card-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_timeout(1500)
    assert len(watches) == 3
    many = [make_person(f"p{i:03}", f"Person {i:03}") for i in range(100)]  # as many as the list of members shows
    strangers = [make_person(f"z{i}", f"Zoe {i}") for i in range(3)]
    Membership.objects.bulk_create(Membership(room=lobby, user=person) for person in (*many, *strangers))
    page.wait_for_timeout(3000)
    known = len(watches)
    for person in strangers:
        lobby.post(author=person, client_id=uuid.uuid4(), body="new here")
        page.wait_for_timeout(1800)
    assert len(watches) == known + len(strangers), "one for each, with their name and their dot"
    expect(page.locator(".message presence-dot[data-state]")).to_have_count(1 + len(strangers))
