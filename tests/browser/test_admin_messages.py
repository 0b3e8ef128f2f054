"""A moderator in the admin, beside the open chats of two people: what both see within a second of each thing that is done."""

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from chat.models import Membership, Message, Room
from tests.browser.conftest import SECOND, Browse, watching
from tests.chat.rooms import room_of
from tests.conftest import Say, make_person

pytestmark = [pytest.mark.once, pytest.mark.timed]

LIST = "/admin/chat/message/"


@pytest.fixture
def moderator(transactional_db: None) -> User:
    person = make_person("dora", "Dora Diaz", is_staff=True)
    needed = ["view_message", "delete_message", "view_room", "change_room", "view_membership", "change_membership"]
    person.user_permissions.set(Permission.objects.filter(codename__in=needed))
    return person


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    return room_of(alice, bob)


@pytest.fixture
def chats(browse: Browse, room: Room, alice: User, bob: User, say: Say) -> tuple[Page, Page]:
    """Alice's and Bob's page of the room, with three messages."""
    for text in ("cheap watches", "good morning", "cheaper watches"):
        say(room, bob, text)
    pages = browse(alice, f"/rooms/{room.pk}/"), browse(bob, f"/rooms/{room.pk}/")
    for page in pages:
        watching(page, f"room:{room.pk}")
        expect(page.locator(".messages").first).to_contain_text("cheaper watches")
    return pages


def done(admin: Page, count: str = "1 of 1") -> None:
    expect(admin.locator(".messagelist")).to_contain_text(f"Done, for {count}.")


def choose(admin: Page, action: str, *rows: str) -> None:
    for row in rows:
        admin.get_by_role("row").filter(has_text=row).get_by_role("checkbox").check()
    admin.locator("select[name=action]").select_option(label=action)
    admin.get_by_role("button", name="Go", exact=True).first.click()


def element(page: Page, message: Message) -> Locator:
    return page.locator(f"#{message.dom_id}")


def test_messages_are_deleted_and_brought_back_before_their_eyes(
    browse: Browse, chats: tuple[Page, Page], room: Room, moderator: User
) -> None:
    cheap, good, cheaper = room.messages.order_by("seq")
    admin = browse(moderator, LIST)
    admin.get_by_role("link", name="cheap watches", exact=True).click()
    admin.get_by_role("button", name="Delete").click()
    expect(admin.locator(".errorlist")).to_have_text("Say why: the author is told.")
    admin.get_by_label("Because").fill("advertising")
    admin.get_by_role("button", name="Delete, because…").click()
    done(admin)
    for chat in chats:
        expect(element(chat, cheap)).to_have_attribute("data-deleted", "moderator", timeout=1000 * SECOND)
        expect(element(chat, cheap)).not_to_contain_text("watches", timeout=1000 * SECOND)
        expect(element(chat, good)).to_contain_text("good morning")
    expect(admin.locator(".around .this")).to_contain_text("deleted by a moderator")
    admin.get_by_role("button", name="Bring back").click()
    done(admin)
    for chat in chats:
        expect(element(chat, cheap)).to_contain_text("cheap watches", timeout=1000 * SECOND)
    admin.goto(f"{LIST}?q=watches")
    choose(admin, "Delete, because…", "cheap watches", "cheaper watches")
    expect(admin.locator(".chosen li")).to_have_count(2)
    admin.get_by_label("Because").fill("all of it is advertising")
    admin.get_by_role("button", name="Delete, because…").click()
    done(admin, "2 of 2")
    for chat in chats:
        for message in (cheap, cheaper):
            expect(element(chat, message)).to_have_attribute("data-deleted", "moderator", timeout=1000 * SECOND)
        expect(chat.locator(".messages").first).not_to_contain_text("watches", timeout=1000 * SECOND)


def test_a_room_is_changed_and_a_member_removed_before_their_eyes(
    browse: Browse, chats: tuple[Page, Page], room: Room, moderator: User, bob: User, charlie: User
) -> None:
    alices, bobs = chats
    strangers = browse(charlie, "/rooms/")
    page = f"/admin/chat/room/{room.pk}/change/"
    admin = browse(moderator, page)
    admin.get_by_label("Name").fill("Orchard")
    admin.get_by_label("Open").check()
    admin.get_by_role("button", name="Save and continue editing").click()
    expect(admin.locator(".messagelist")).to_contain_text("changed successfully")
    for chat in chats:
        expect(chat.locator("#room-title")).to_have_text("Orchard", timeout=1000 * SECOND)
    expect(strangers.locator("#open-rooms")).to_contain_text("Orchard", timeout=1000 * SECOND)

    admin.locator("form", has=admin.get_by_role("heading", name="Archive")).get_by_label("Because").fill("winter")
    admin.get_by_role("button", name="Archive").click()
    done(admin)
    for chat in chats:
        expect(chat.locator(".composer-archived")).to_be_visible(timeout=1000 * SECOND)
        expect(chat.locator("[data-event=archived]")).to_contain_text("winter", timeout=1000 * SECOND)
    admin.get_by_role("button", name="Reopen").click()
    done(admin)
    for chat in chats:
        expect(chat.locator(".composer-archived")).to_be_hidden(timeout=1000 * SECOND)

    admin.get_by_role("link", name="Members", exact=True).click()
    choose(admin, "Mute for a time", "Bob Okafor")
    admin.get_by_label("For").select_option("8 hours")
    admin.get_by_role("button", name="Mute for a time").click()
    done(admin)
    for chat in chats:
        expect(chat.locator("[data-event=silenced]")).to_contain_text("Bob Okafor", timeout=1000 * SECOND)
    choose(admin, "Remove from the room", "Bob Okafor")
    admin.get_by_label("Because").fill("no more watches")
    admin.get_by_role("button", name="Remove from the room").click()
    done(admin)
    expect(bobs.get_by_role("heading", name="You are no longer in this room")).to_be_visible(timeout=1000 * SECOND)
    expect(alices.locator("[data-event=removed]")).to_contain_text("Bob Okafor", timeout=1000 * SECOND)
    expect(alices.locator(".room-heading")).to_contain_text("1 member", timeout=1000 * SECOND)
    assert not Membership.objects.filter(room=room, user=bob).exists()
