"""A train through a tunnel: a slow network that is gone for half a minute, while both go on writing."""

import time

import pytest
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import User
from chat.models import Message, Room
from tests.browser.conftest import Browse, bodies, cut_for, watching, write

pytestmark = [pytest.mark.waits, pytest.mark.once]

GONE = 30  # s
SLOW = {
    "latency": 400,
    "downloadThroughput": 400 * 1024 / 8,
    "uploadThroughput": 400 * 1024 / 8,
}  # ms and bytes a second
SHOWN = ".messages:not(.outbox) .message"


def slow_3g(network: CDPSession, *, offline: bool = False) -> None:
    network.send("Network.emulateNetworkConditions", {"offline": offline, **SLOW})


def test_nothing_is_lost_doubled_or_out_of_order_and_what_was_typed_is_there(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User
) -> None:
    page = browse(alice, "/static/img/icon.svg")
    network = page.context.new_cdp_session(page)
    slow_3g(network)
    page.goto(f"/rooms/{direct.pk}/")
    elsewhere = browse(bob, f"/rooms/{direct.pk}/")
    outside = browse(charlie, "/")
    for each in (page, elsewhere):
        watching(each, direct.topic)
    for number in range(3):
        write(page, f"A{number}")
        write(elsewhere, f"B{number}")
    expect(page.locator(SHOWN)).to_have_count(6)

    write(page, "A3")  # under way while the network goes
    slow_3g(network, offline=True)
    cut_for(page, 500)  # emulation leaves an open socket alone
    gone_at = time.monotonic()
    for number in range(3, 6):
        write(elsewhere, f"B{number}")
        write(page, f"A{number + 1}")
    page.locator("textarea[name=body]").fill("half a thought")
    expect(page.locator("offline-note")).to_contain_text("You are offline.")
    expect(page.locator(".pending[data-state=failed]").last).to_be_visible()
    page.wait_for_timeout(1000 * (gone_at + GONE - time.monotonic()))
    assert "B5" not in bodies(page), "it really was away"

    slow_3g(network)
    for each in (page, elsewhere):
        expect(each.locator(SHOWN)).to_have_count(13, timeout=20_000)
        expect(each.locator(".pending")).to_have_count(0)
    said = list(Message.objects.filter(room=direct).order_by("seq").values_list("body", flat=True))
    assert [body for body in said if body.startswith("A")] == [f"A{number}" for number in range(7)]
    assert [body for body in said if body.startswith("B")] == [f"B{number}" for number in range(6)]
    for each in (page, elsewhere):
        assert bodies(each) == said
    expect(page.locator("textarea[name=body]")).to_have_value("half a thought")
    expect(page.locator("offline-note")).to_be_empty()
    assert not outside.locator(".conversation").count()
    assert fresh(page) == said


def fresh(page: Page) -> list[str]:
    page.reload()
    expect(page.locator(SHOWN)).to_have_count(13)
    return bodies(page)
