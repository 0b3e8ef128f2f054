"""Who is here, in real browsers: what another sees when somebody opens, hides, closes, is killed, or shuts the lid."""

import signal
import socket as sockets
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from chat.models import Room
from presence.models import Connection, LastSeen, Process
from tests.browser.conftest import Browse, cut_for, watching
from tests.browser.test_processes import own, with_redis
from tests.live.conftest import session_of
from tests.servers import ChatServer

__all__ = ["own"]

pytestmark = [pytest.mark.waits, pytest.mark.once("postgresql")]

HEADER = "#room-title ~ p presence-dot"


def dot(page: Page, room: Room) -> Locator:
    """The one in the sidebar, beside the other person of a direct conversation."""
    return page.locator(f"#conversation-{room.pk} presence-dot")


def expect_state(page: Page, room: Room, state: str, within: float = 12) -> None:
    expect(dot(page, room)).to_have_attribute("data-state", state, timeout=1000 * within)


def hide(page: Page, *, hidden: bool = True) -> None:
    """As the browser does when another tab or window covers this one; headless, every page is in sight."""
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_two_tabs_open_hide_close_and_open_again(browse: Browse, direct: Room, alice: User, bob: User) -> None:
    seen = browse(alice, f"/rooms/{direct.pk}/")
    expect_state(seen, direct, "offline")
    expect(seen.locator(HEADER)).to_have_text("Offline")
    tabs = []
    for _ in range(2):
        tabs.append(browse(bob, "about:blank"))
        tabs[-1].clock.install()
        tabs[-1].goto("/")
    expect_state(seen, direct, "online")
    expect(seen.locator(HEADER)).to_have_text("Online")
    expect(dot(seen, direct)).to_have_text("Online")
    expect(dot(seen, direct)).to_have_attribute("title", "Online")
    expect(tabs[0].locator("#me presence-dot")).to_have_attribute("data-state", "online")

    hide(tabs[0])
    tabs[0].clock.fast_forward("05:01")
    seen.wait_for_timeout(1500)
    expect_state(seen, direct, "online", within=0.1)  # the other tab is in use
    tabs[1].clock.fast_forward("05:01")
    expect_state(seen, direct, "away")
    tabs[1].mouse.move(300, 300)
    expect_state(seen, direct, "online")
    tabs[1].close()
    expect_state(seen, direct, "away")  # what is left is hidden
    hide(tabs[0], hidden=False)
    expect_state(seen, direct, "online")
    tabs[0].goto("/people/")
    tabs[0].reload()
    seen.wait_for_timeout(1500)
    expect_state(seen, direct, "online", within=0.1)
    left = time.monotonic()
    tabs[0].close()
    expect_state(seen, direct, "offline")
    assert time.monotonic() - left > 4, "a few seconds' grace"
    expect(seen.locator(HEADER)).to_have_text("Last seen just now")
    browse(bob, "/")
    expect_state(seen, direct, "online")


def test_who_left_is_said_to_have_been_seen_some_time_ago(browse: Browse, direct: Room, alice: User, bob: User) -> None:
    seen = LastSeen.objects.create(user=bob, at=timezone.now() - timedelta(minutes=3, seconds=10))
    page = browse(alice, f"/rooms/{direct.pk}/")
    expect(page.locator(HEADER)).to_have_text("Last seen 3 minutes ago")
    expect(dot(page, direct)).to_have_attribute("title", "Last seen 3 minutes ago")
    for ago, words in ((timedelta(hours=2, minutes=5), "2 hours ago"), (timedelta(days=1, hours=1), "yesterday")):
        LastSeen.objects.filter(pk=seen.pk).update(at=timezone.now() - ago)
        page.reload()
        expect(page.locator(HEADER)).to_have_text(f"Last seen {words}")


def test_dots_stand_wherever_a_person_appears(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User
) -> None:
    lobby = Room.objects.lobby()
    for person in (alice, bob, charlie):
        lobby.join(person)
    lobby.post(author=bob, client_id=uuid.uuid4(), body="hello")
    browse(bob, "/")
    page = browse(alice, f"/rooms/{lobby.pk}/")
    online = f"presence-dot[person='{bob.pk}'][data-state=online]"
    for place in (f"#conversation-{direct.pk}", ".message"):
        expect(page.locator(f"{place} {online}")).to_be_visible()
    expect(page.locator("room-here")).to_have_text("· 2 here")
    page.locator(".message .person-link").first.click()
    card = page.locator(".card-dialog")
    expect(card.locator(f"{online}").first).to_be_visible()
    expect(card.get_by_text("@bob")).to_have_text("@bobOnline")
    page.keyboard.press("Escape")
    page.get_by_title("Members").click()
    expect(page.locator(f".members {online}")).to_be_visible()
    expect(page.locator(f".members presence-dot[person='{charlie.pk}']")).to_have_attribute("data-state", "offline")
    page.get_by_role("link", name="Find people").click()
    expect(page.locator(f".directory {online}")).to_be_visible()
    bob.name = "Robert"  # the list is morphed, and the dots stay
    bob.save()
    expect(page.locator(".directory")).to_contain_text("Robert")
    expect(page.locator(f".directory {online}")).to_be_visible()
    expect(page.locator(f"#conversation-{direct.pk} {online}")).to_be_visible()


def test_one_appears_offline_and_online_again_from_the_menu(
    browse: Browse, direct: Room, alice: User, bob: User
) -> None:
    page, other = browse(alice, f"/rooms/{direct.pk}/"), browse(bob, f"/rooms/{direct.pk}/")
    second = browse(bob, "/")
    watching(other, direct.topic)
    expect_state(page, direct, "online")
    for name, state in (("Appear offline", "offline"), ("Appear online again", "online")):
        other.get_by_label("Account").click()
        other.get_by_role("button", name=name).click()
        expect_state(page, direct, state)  # who hides is here for as long as who leaves
        expect(other.locator("#me presence-dot")).to_have_attribute("data-state", state)
        other.get_by_label("Account").click()
        second.get_by_label("Account").click()
        again = "Appear online again" if state == "offline" else "Appear offline"
        expect(second.get_by_role("button", name=again)).to_be_visible()
        second.get_by_label("Account").click()
        if state == "offline":
            other.locator("textarea[name=body]").press_sequentially("psst")
            page.wait_for_timeout(1500)
            expect(page.locator("typing-line")).to_have_text("")


def test_while_the_page_is_cut_off_it_claims_nothing(browse: Browse, direct: Room, alice: User, bob: User) -> None:
    page = browse(alice, f"/rooms/{direct.pk}/")
    browse(bob, "/")
    expect_state(page, direct, "online")
    cut_for(page, 5000)
    expect(dot(page, direct)).to_have_text("Online")
    expect(dot(page, direct)).not_to_have_attribute("data-state", "online", timeout=3000)
    expect(page.locator(HEADER)).to_have_text("")
    watching(page, f"presence:{bob.pk}")
    expect_state(page, direct, "online")


def test_a_connection_that_a_moderator_ends_stays_ended_and_says_so(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User
) -> None:
    User.objects.filter(pk=charlie.pk).update(is_staff=True, is_superuser=True)
    page = browse(bob, "/")
    watching(page, f"presence:{bob.pk}")
    expect(page.locator("#me presence-dot")).to_have_attribute("data-state", "online")  # it has a row by now
    admin = browse(charlie, "/admin/presence/connection/")
    admin.get_by_role("row", name="Bob Okafor").get_by_role("checkbox").check()
    admin.locator("select[name=action]").select_option(label="End these connections")
    admin.get_by_role("button", name="Go").click()
    expect(admin.locator(".messagelist")).to_contain_text("1 ended")
    expect(page.locator("live-status")).to_contain_text("This connection was ended by a moderator.")
    page.wait_for_timeout(3000)
    assert not page.locator("html[data-watching]").count(), "it does not come back by itself"
    page.get_by_role("link", name="Connect again").click()
    watching(page, f"presence:{bob.pk}")


def test_a_restart_brings_everybody_back(browse: Browse, direct: Room, alice: User, bob: User, own: ChatServer) -> None:
    page = browse(alice, f"/rooms/{direct.pk}/", server=own)
    browse(bob, "/", server=own)
    expect_state(page, direct, "online")
    before = set(Process.objects.values_list("pk", flat=True))
    own.stop()
    own.start()
    expect(page.locator("live-status")).to_have_text("", timeout=10_000)
    expect_state(page, direct, "online", within=10)
    page.wait_for_timeout(4000)  # the old process' lease is over, and what it held is swept
    expect_state(page, direct, "online", within=0.1)
    mine = Connection.objects.filter(user__in=[alice, bob]).exclude(process__in=before)
    assert mine.count() == 2


@pytest.fixture
def lid(bob: User) -> Iterator[Any]:
    """A laptop whose lid was shut: its socket is open, and answers nothing, not even a ping."""
    held: list[sockets.socket] = []

    def open_and_freeze(server: ChatServer) -> None:
        connection = sockets.create_connection(("127.0.0.1", server.port))
        lines = [
            "GET /ws/ HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"Origin: {server.url}", "Upgrade: websocket",
            "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==",
            f"Cookie: sessionid={session_of(bob)}", "", "",
        ]  # fmt: skip
        connection.sendall("\r\n".join(lines).encode())
        assert b"101" in connection.recv(1000)
        held.append(connection)

    yield open_and_freeze
    for connection in held:
        connection.close()


@with_redis
def test_a_killed_process_and_a_shut_lid_are_offline_within_45_seconds(
    browse: Browse, alice: User, bob: User, charlie: User, chat: ChatServer, own: ChatServer, lid: Any
) -> None:
    """Alice is on the process that is killed, Bob's laptop is shut, and Charlie sees both."""
    rooms = [Room.objects.direct(charlie, person) for person in (alice, bob)]
    page = browse(charlie, "/", server=chat)
    browse(alice, "/", server=own)
    lid(chat)
    for room in rooms:
        expect_state(page, room, "online")
    own.stop(signal.SIGKILL)
    killed = time.monotonic()
    for room in rooms:
        expect_state(page, room, "offline", within=killed + 45 - time.monotonic())
    assert time.monotonic() - killed > 15, "a process that misses one renewal is not dead yet"
    assert not Connection.objects.exclude(user=charlie).exists()


@with_redis
def test_of_two_processes_one_stops_and_its_people_are_gone_within_5_seconds(
    browse: Browse, direct: Room, alice: User, bob: User, chat: ChatServer, own: ChatServer
) -> None:
    page = browse(alice, f"/rooms/{direct.pk}/", server=chat)
    browse(bob, "/", server=own)
    expect_state(page, direct, "online")
    own.stop()
    expect_state(page, direct, "offline", within=5)
    expect(page.locator(HEADER)).to_have_text("Last seen just now")
