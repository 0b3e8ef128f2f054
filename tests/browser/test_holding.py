"""A word that staff hold back: what its author, the others and a moderator in the admin see of a message with it."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from chat.models import HoldRule, Room
from tests.browser.conftest import Browse
from tests.conftest import make_person

pytestmark = pytest.mark.once


@pytest.fixture
def room(transactional_db: None, alice: User, bob: User) -> Room:
    HoldRule.objects.create(text="casino", is_on=True)
    room: Room = Room.objects.open_by(alice, kind=Room.Kind.OPEN, name="Garden")
    room.join(bob)
    return room


def test_a_moderator_lets_one_through_and_another_not(room: Room, alice: User, bob: User, browse: Browse) -> None:
    root = make_person("root", "Root", is_staff=True, is_superuser=True)
    his, hers = browse(bob, f"/rooms/{room.pk}/"), browse(alice, f"/rooms/{room.pk}/")
    held = his.locator(".held li")
    for text in ("a casino for all", "a casino for none", "a casino that I take back"):
        his.get_by_role("textbox").fill(text)
        his.keyboard.press("Enter")
        expect(held.last).to_contain_text(text)
    expect(held).to_have_count(3)
    expect(his.locator(".outbox .message")).to_have_count(0)
    held.last.get_by_role("button", name="Take back").click()
    expect(his.get_by_role("textbox")).to_have_value("a casino that I take back")
    expect(held).to_have_count(2)

    desk = browse(root, "/admin/chat/heldmessage/")
    expect(desk.locator("#result_list tbody tr")).to_have_count(2)
    expect(hers.locator(".message-body", has_text="casino")).to_have_count(0)

    desk.locator("tr", has_text="for all").get_by_role("checkbox").check()
    desk.locator("select[name=action]").select_option("release")
    desk.get_by_role("button", name="Go", exact=True).click()
    expect(hers.locator(".message-body", has_text="a casino for all")).to_be_visible(timeout=1000)
    expect(held).to_have_count(1, timeout=1000)
    expect(his.locator(".message-body", has_text="a casino for all")).to_have_count(1)

    desk.locator("tr", has_text="for none").get_by_role("checkbox").check()
    desk.locator("select[name=action]").select_option("refuse")
    desk.locator("input[name=because]").first.fill("advertising")
    desk.get_by_role("button", name="Go", exact=True).click()
    expect(held).to_contain_text("advertising", timeout=1000)
    held.get_by_role("button", name="Put away").click()
    expect(held).to_have_count(0)
    expect(hers.locator(".message-body", has_text="for none")).to_have_count(0)
