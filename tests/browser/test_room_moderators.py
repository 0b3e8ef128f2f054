"""A moderator at work in a room, beside a member it is about and a third who looks on: what each sees within a second after the
moderator sees that it is done."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from chat.models import Membership, Room
from tests.browser.conftest import SECOND, Browse, watching, write
from tests.chat.rooms import room_of
from tests.conftest import Say

pytestmark = [pytest.mark.once, pytest.mark.timed]


@pytest.fixture
def room(transactional_db: None, alice: User, bob: User, charlie: User) -> Room:
    """Alice moderates; Bob and Charlie are members."""
    room = room_of(alice, bob, "open")
    room.join(charlie)
    return room


def all_in(browse: Browse, room: Room, *people: User, width: int = 1200) -> list[Page]:
    pages = [browse(person, f"/rooms/{room.pk}/") for person in people]
    for page in pages:
        page.set_viewport_size({"width": width, "height": 800})
        watching(page, room.topic)
        page.wait_for_function("Boolean(customElements.get('notice-board'))")
    return pages


def message(page: Page, text: str) -> Locator:
    return page.locator(".messages > .message", has_text=text)


def focus_last(page: Page) -> None:
    page.locator("chat-log").focus()
    page.keyboard.press("ArrowUp")


def lines(page: Page) -> Locator:
    return page.locator(".messages > .line .line-words")


@pytest.mark.parametrize("width", [1200, 390])
def test_a_message_is_taken_down_with_a_reason_and_put_back(
    browse: Browse, room: Room, alice: User, bob: User, charlie: User, say: Say, width: int
) -> None:
    said = say(room, bob, "buy my watches")
    alices, bobs, charlies = pages = all_in(browse, room, alice, bob, charlie, width=width)

    # A member has no such button, for what others say
    message(charlies, "watches").hover()
    offered = charlies.locator(".message-toolbar button:visible")
    expect(offered).to_have_count(3)
    assert [button.get_attribute("name") for button in offered.all()] == ["copy", "unread", "report"]

    # By keyboard: the dialog asks why, Escape gives up, Enter deletes
    focus_last(alices)
    alices.keyboard.press("Delete")
    dialog = alices.get_by_role("dialog", name="Delete this message?")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    alices.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    alices.keyboard.press("Delete")
    alices.keyboard.type("advertising")
    alices.keyboard.press("Enter")
    expect(alices.locator(".toasts")).to_contain_text("Message deleted.")
    for page in pages:
        deleted = page.locator(f"#{said.dom_id}")
        expect(deleted).to_have_attribute("data-deleted", "moderator", timeout=1000 * SECOND)
        expect(deleted.locator(".message-body")).to_have_attribute("data-words", "Deleted by a moderator:")
        expect(deleted.locator(".message-body")).to_have_text("advertising")
        assert "watches" not in page.content()

    # Back, from the toast; and again from the toolbar, which offers nothing else
    alices.locator(".toasts").get_by_role("button", name="Undo").click()
    expect(message(alices, "watches")).to_be_visible()
    for page in pages:
        expect(message(page, "watches")).to_be_visible(timeout=1000 * SECOND)
    said.refresh_from_db()
    said.take_down(by=alice)
    alices.locator(f"#{said.dom_id}[data-deleted]").hover()
    buttons = alices.locator(".message-toolbar button:visible")
    expect(buttons).to_have_count(1)
    buttons.click()
    expect(message(alices, "watches")).to_be_visible()
    expect(message(bobs, "watches")).to_be_visible(timeout=1000 * SECOND)
    bobs.locator(f"#{said.dom_id}").hover()
    expect(bobs.locator(".message-toolbar [name=delete]")).to_be_visible()

    # Who is no moderator any more has the button no more, without a reload
    place = room.memberships.get(user=charlie)
    place.make("moderator", by=alice)
    expect(charlies.locator("[data-moderates]")).to_have_count(1)
    message(charlies, "watches").hover()
    expect(charlies.locator(".message-toolbar [name=take-down]")).to_be_visible()
    place.make("member", by=alice)
    expect(charlies.locator("[data-moderates]")).to_have_count(0)
    focus_last(charlies)
    expect(charlies.locator(".message-toolbar [name=take-down]")).to_be_hidden()


def test_a_member_is_muted_and_speaks_again_when_it_is_over_or_undone(
    browse: Browse, room: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    say(room, bob, "first")
    alices, bobs, charlies = all_in(browse, room, alice, bob, charlie)
    field = bobs.locator(".composer textarea")
    field.fill("let me finish")

    alices.goto(f"/rooms/{room.pk}/people/")
    alices.get_by_role("link", name="Mute Bob Okafor for a time").click()
    alices.get_by_text("10 minutes").click()
    alices.get_by_label("Reason").fill("too loud")
    alices.get_by_role("button", name="Mute", exact=True).click()
    expect(alices.locator(".rows")).to_contain_text("muted until")
    note = bobs.locator(".silence-note")
    expect(note).to_contain_text("You are muted in this room until", timeout=1000 * SECOND)
    expect(note).to_contain_text("What you wrote is kept. Reason: too loud")
    expect(bobs.locator(".send")).to_be_hidden()
    expect(lines(charlies)).to_contain_text("Alice Moreau muted Bob Okafor until", timeout=1000 * SECOND)
    expect(charlies.locator(".line-reason")).to_have_text("too loud")
    expect(charlies.locator("message-announcer")).to_contain_text("Alice Moreau muted Bob Okafor until")

    # What he tries all the same stays where it is
    field.press("Enter")
    expect(field).to_have_value("let me finish")
    assert not room.messages.filter(body="let me finish").exists()

    # Undone
    alices.get_by_role("button", name="Unmute Bob Okafor").click()
    expect(alices.get_by_role("link", name="Mute Bob Okafor for a time")).to_be_visible()
    expect(note).to_be_hidden(timeout=1000 * SECOND)
    field.press("Enter")
    expect(message(charlies, "let me finish")).to_be_visible()
    expect(lines(charlies).last).to_have_text("Alice Moreau unmuted Bob Okafor")

    # Over: nobody writes anything then
    room.silence(by=alice, person=bob, until=timezone.now() + timedelta(seconds=4))
    expect(note).to_be_visible(timeout=2000 * SECOND)  # from another process
    expect(bobs.locator("chat-composer")).to_be_hidden()
    expect(note).to_be_hidden(timeout=5000 * SECOND)
    write(bobs, "at last")
    expect(message(charlies, "at last")).to_be_visible()
    expect(alices.locator(".rows")).not_to_contain_text("muted until")


def test_what_lay_in_the_outbox_of_who_is_muted_is_kept_with_the_reason(
    browse: Browse, room: Room, alice: User, bob: User
) -> None:
    (bobs,) = all_in(browse, room, bob)
    bobs.context.set_offline(offline=True)
    write(bobs, "while away")
    room.silence(by=alice, person=bob, until=timezone.now() + timedelta(hours=1), because="too loud")
    bobs.context.set_offline(offline=False)
    kept = bobs.locator(".outbox .message")
    expect(kept).to_contain_text("You are muted in this room until")
    expect(kept).to_contain_text("while away")
    room.unsilence(by=alice, person=bob)
    kept.get_by_role("button", name="Try again").click()
    expect(bobs.locator(".messages:not(.outbox) > .message", has_text="while away")).to_be_visible()


def test_one_is_removed_and_the_room_closed_and_archived(
    browse: Browse, room: Room, alice: User, bob: User, charlie: User, say: Say
) -> None:
    say(room, bob, "hello")
    say(room, alice, "goodbye")
    alices, bobs, charlies = all_in(browse, room, alice, bob, charlie)
    removing = browse(alice, f"/rooms/{room.pk}/people/{bob.pk}/removal/")
    removing.get_by_label("Reason").fill("advertising again")
    removing.get_by_role("button", name="Remove", exact=True).click()
    expect(removing.locator(".rows")).not_to_contain_text("Bob Okafor")
    expect(bobs.locator(".gone h1[tabindex]")).to_be_visible(timeout=1000 * SECOND)
    expect(bobs.locator(".gone-why")).to_contain_text("A moderator removed you,")
    expect(bobs.locator(".gone-why")).to_contain_text("Reason: advertising again")
    expect(lines(charlies)).to_have_text("Alice Moreau removed Bob Okafor from the room", timeout=1000 * SECOND)
    assert not Membership.objects.filter(room=room, user=bob).exists()

    room.change(by=alice, name=room.name, subject=room.subject, kind="closed")
    expect(lines(charlies).last).to_contain_text("closed the room", timeout=1000 * SECOND)
    expect(lines(alices).last).to_contain_text("closed the room", timeout=1000 * SECOND)
    room.archive(by=alice)
    expect(lines(charlies).last).to_have_text("Alice Moreau archived the room", timeout=1000 * SECOND)
    for page in (charlies, alices):
        expect(page.locator(".composer-archived")).to_be_visible()

    # Neither one's own nor joined to what was said before; arrow-up in the composer passes it over
    expect(alices.locator(".line[data-mine], .line[data-follows]")).to_have_count(0)
    room.reopen(by=alice)
    expect(lines(alices)).to_have_count(4)
    expect(alices.locator(".composer-archived")).to_be_hidden()
    alices.locator(".composer textarea").press("ArrowUp")
    expect(alices.locator("message-editor textarea")).to_have_value("goodbye")

    # A rename reaches the lines
    bob.name = "Robert"
    bob.save()
    expect(lines(charlies).first).to_have_text("Alice Moreau removed Robert from the room")
