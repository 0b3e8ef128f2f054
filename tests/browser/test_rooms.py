"""Rooms in two browsers: what one does to a room shows in the other, in the place where it belongs."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching, write
from tests.chat.rooms import room_of

pytestmark = pytest.mark.once


def open_menu(page: Page) -> None:
    page.get_by_label("Members", exact=True).first.click()


def test_a_room_is_made_filled_and_changed_before_everyone_s_eyes(
    browse: Browse, alice: User, bob: User, charlie: User, transactional_db: None
) -> None:
    alices, bobs, charlies = browse(alice, "/"), browse(bob, "/"), browse(charlie, "/rooms/")
    expect(charlies.locator("#open-rooms")).to_contain_text("No rooms to join")

    # Made, with what was typed kept where it was refused
    alices.get_by_role("link", name="Rooms").click()
    alices.get_by_role("link", name="New room").first.click()
    alices.get_by_label("Topic").fill("Beds and bees")
    alices.get_by_role("button", name="Make the room").click()
    expect(alices.locator(".field-error")).to_have_text("Give the room a name.")
    expect(alices.get_by_label("Topic")).to_have_value("Beds and bees")
    alices.get_by_label("Name").fill("Garden")
    alices.get_by_role("button", name="Make the room").click()
    expect(alices.locator("#room-title")).to_have_text("Garden")
    expect(alices.locator(".room-heading")).to_contain_text("1 member")
    expect(charlies.locator("#open-rooms")).to_contain_text("Garden")

    # Invited: found as one types, picked by Enter, and kept while one searches on
    open_menu(alices)
    alices.get_by_role("link", name="Invite people").click()
    search = alices.get_by_label("Search people")
    search.press_sequentially("char")
    expect(alices.locator(".candidates li:visible")).to_have_count(1)
    search.press("Enter")
    search.fill("bob")
    expect(alices.locator(".candidates li:visible")).to_contain_text("Bob Okafor")
    alices.locator(".candidates li:visible label").click()
    expect(alices.locator(".picked li")).to_have_count(2)
    alices.locator(".picked li", has_text="Charlie").locator("input").click()
    expect(alices.locator(".picked li")).to_have_count(1)
    alices.get_by_role("button", name="Invite", exact=True).click()
    expect(alices.locator(".room-heading")).to_contain_text("2 members")

    # Live in the other's browser: the sidebar, the header, the list of a stranger
    bobs.locator("#conversations").get_by_text("Garden").click()
    watching(bobs, f"members:{Room.objects.get(name='Garden').pk}")
    expect(charlies.locator("#open-rooms")).to_contain_text("2 members")
    open_menu(alices)
    alices.get_by_role("link", name="Room settings").click()
    alices.get_by_label("Name").fill("Kitchen garden")
    alices.get_by_text("Only who is invited").click()
    alices.get_by_role("button", name="Save").click()
    expect(bobs.locator("#room-title")).to_have_text("Kitchen garden")
    expect(bobs.locator("#conversations")).to_contain_text("Kitchen garden")
    expect(charlies.locator("#open-rooms")).not_to_contain_text("arden")

    # A role
    open_menu(bobs)
    expect(bobs.locator(".room-menu")).not_to_contain_text("Room settings")
    expect(bobs.locator(".room-menu .members")).to_contain_text("moderator")
    open_menu(alices)
    alices.get_by_role("link", name="Members and roles").click()
    alices.get_by_role("button", name="Make Bob Okafor a moderator").click()
    expect(bobs.locator(".room-menu")).to_contain_text("Room settings")
    expect(alices.locator(".rows")).to_contain_text("@bob · moderator")


def test_a_room_is_archived_under_a_draft_and_reopened_under_it(
    browse: Browse, alice: User, bob: User, transactional_db: None
) -> None:
    room = room_of(alice, bob)
    alices, bobs = browse(alice, f"/rooms/{room.pk}/"), browse(bob, f"/rooms/{room.pk}/")
    watching(bobs, room.topic)
    bobs.locator("textarea[name=body]").fill("half a thought")
    open_menu(alices)
    alices.get_by_role("link", name="Room settings").click()
    alices.get_by_role("button", name="Archive the room").click()
    expect(alices.locator(".composer-archived")).to_be_visible()
    expect(alices.locator("chat-composer")).to_be_hidden()
    expect(bobs.locator(".composer-archived")).to_contain_text("What you wrote is kept.")
    expect(bobs.locator(".send")).to_be_hidden()
    expect(bobs.locator("#archived")).to_contain_text("Archived 1")
    bobs.locator("textarea[name=body]").press("Enter")
    expect(bobs.locator(".pending .reason")).to_contain_text("This room is archived")
    bobs.locator(".pending .edit").click()
    expect(bobs.locator("textarea[name=body]")).to_have_value("half a thought")
    bobs.locator("#archived summary").click()
    room.reopen(by=alice)
    expect(bobs.locator(".send")).to_be_visible()
    expect(bobs.locator(".composer-archived")).to_be_hidden()
    write(bobs, "a whole thought")
    expect(alices.locator(".messages:not(.outbox)")).to_contain_text("a whole thought")


def test_who_is_out_sees_it_at_once_and_nothing_of_the_room(
    browse: Browse, alice: User, bob: User, charlie: User, transactional_db: None
) -> None:
    closed, open_one = room_of(alice, bob), room_of(alice, bob, "open", "Yard")
    elsewhere, bobs = browse(bob, "/"), browse(bob, f"/rooms/{closed.pk}/")
    alices = browse(alice, f"/rooms/{closed.pk}/")
    watching(bobs, closed.topic)
    write(alices, "a secret")
    expect(bobs.locator(".messages:not(.outbox)")).to_contain_text("a secret")
    bobs.locator("textarea[name=body]").fill("half a thought")

    # Removed from a closed room: confirmed by one, seen by the other where the messages were
    open_menu(alices)
    alices.get_by_role("link", name="Members and roles").click()
    alices.get_by_role("link", name="Remove Bob Okafor").click()
    expect(alices.locator("form.empty")).to_contain_text("Remove Bob Okafor from this room?")
    alices.get_by_role("button", name="Remove").click()
    expect(alices.locator(".rows")).not_to_contain_text("Bob")
    expect(bobs.locator("#pane h1")).to_have_text("You are no longer in this room")
    expect(bobs.locator("#pane h1")).to_be_focused()
    expect(bobs.locator("#pane")).to_contain_text("What you were writing is kept in this browser.")
    expect(bobs.locator("body")).not_to_contain_text("a secret")
    for page in (bobs, elsewhere):
        expect(page.locator("#conversations")).not_to_contain_text("Garden")
        expect(page.locator("live-status")).to_be_empty()
    expect(bobs.get_by_role("button", name="Join the room")).to_have_count(0)

    # From an open one there is a way back
    bobs.locator("#conversations").get_by_text("Yard").click()
    watching(bobs, open_one.topic)
    open_one.remove(by=alice, person=bob)
    expect(bobs.locator("#pane")).to_contain_text("You are no longer in this room")
    bobs.get_by_role("button", name="Join the room").click()
    expect(bobs.locator("#room-title")).to_have_text("Yard")
    expect(elsewhere.locator("#conversations")).to_contain_text("Yard")

    # Who leaves lands on the conversations, and the room is gone from their other tab
    watching(bobs, open_one.topic)
    open_menu(bobs)
    bobs.get_by_role("button", name="Leave the room").click()
    expect(bobs.locator("#pane")).to_contain_text("Pick a conversation")
    for page in (bobs, elsewhere):
        expect(page.locator("#conversations")).not_to_contain_text("Yard")


def test_rooms_work_without_javascript_on_a_phone(
    browse: Browse, alice: User, bob: User, transactional_db: None
) -> None:
    page = browse(alice, "/rooms/new/", java_script_enabled=False)
    page.set_viewport_size({"width": 390, "height": 780})
    page.get_by_label("Name").fill("Garden")
    page.get_by_label("Closed").check()
    page.get_by_role("button", name="Make the room").click()
    open_menu(page)
    page.get_by_role("link", name="Invite people").click()
    page.get_by_label("Search people").fill("bob")
    page.get_by_role("button", name="Search").click()
    page.locator("input[name=people]").check()
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.locator(".room-heading")).to_contain_text("2 members")
    open_menu(page)
    page.get_by_role("link", name="Leave the room").click()
    page.get_by_role("button", name="Leave the room").click()
    expect(page.locator("#conversations")).not_to_contain_text("Garden")
    assert Room.objects.get(name="Garden").moderated_by(bob)
