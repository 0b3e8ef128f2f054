"""A moderator at work in the admin, beside the open pages of two people: what each of them sees within a second."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.groups import ADMINISTRATORS, MODERATORS
from accounts.models import AuditEntry, User
from chat.models import Room
from tests.browser.conftest import SECOND, Browse, watching, write
from tests.conftest import Say, make_person

pytestmark = [pytest.mark.once, pytest.mark.timed]


@pytest.fixture
def staff(transactional_db: None) -> dict[str, User]:
    people = {name: make_person(name.lower(), name, is_staff=True) for name in ("Moira", "Adam", "Cleo")}
    for name, group in (("Moira", MODERATORS), ("Adam", ADMINISTRATORS)):
        people[name].groups.add(Group.objects.get(name=group))
    return people


@pytest.fixture
def room(alice: User, bob: User, charlie: User, say: Say) -> Room:
    room = Room.objects.open_by(alice, kind="open", name="Garden")
    for person in (bob, charlie):
        room.join(person)
    say(room, bob, "buy my watches")
    say(room, alice, "no, thank you")
    say(room, bob, "cheap watches")
    return room


@contextmanager
def within_a_second() -> Iterator[None]:
    """From the press of the button, with the admin's own answer."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert took < SECOND + 1, f"{took:.2f} s"  # the browser's own clicks and looks take some of it, under load


def ask(admin: Page, person: User, act: str) -> None:
    """Lead to the page that asks why."""
    admin.goto(f"/admin/accounts/user/{person.pk}/change/")
    admin.get_by_role("navigation", name="What can be done").get_by_role("link", name=act).click()


def test_who_is_suspended_sees_why_and_the_others_see_what_they_said_go_until_it_ends(
    browse: Browse, alice: User, bob: User, room: Room, staff: dict[str, User]
) -> None:
    admin = browse(staff["Moira"], "/admin/accounts/user/")
    hers, his = browse(alice, f"/rooms/{room.pk}/"), browse(bob, f"/rooms/{room.pk}/")
    for page in (hers, his):
        watching(page, room.topic)
    write(his, "and a last one")
    dot = hers.locator(f"#roster presence-dot[person='{bob.pk}'], presence-dot[person='{bob.pk}']").first
    expect(hers.locator(".message-body", has_text="and a last one")).to_be_visible()
    expect(dot).to_have_attribute("data-state", "online")

    ask(admin, bob, "Suspend")
    admin.get_by_role("button", name="Suspend").click()
    expect(admin.locator(".errornote")).to_be_visible()  # there is no reason yet
    admin.get_by_label("1 week").check()
    admin.get_by_label("Those of the last day").check()
    admin.get_by_label("Reason").fill("Advertising. Talk to us first.")
    posts = f"**/rooms/{room.pk}/messages/"
    his.context.route(posts, lambda route: route.abort())  # what he types now cannot go out
    his.locator("textarea[name=body]").fill("a letter that waits")
    his.keyboard.press("Enter")
    expect(his.locator(".message.pending")).to_have_count(1)
    with within_a_second():
        admin.get_by_role("button", name="Suspend").click(no_wait_after=True)
        expect(hers.locator(".message[data-deleted]")).to_have_count(3)
        expect(his.get_by_role("heading", name="You are suspended")).to_be_visible()
    expect(dot).to_have_attribute("data-state", "offline", timeout=2000)  # at most once a second, as all of presence
    his.context.unroute(posts)
    expect(his.get_by_text("Advertising. Talk to us first.")).to_be_visible()
    expect(hers.get_by_text("watches")).to_have_count(0)
    expect(admin.get_by_text("3 messages are deleted.")).to_be_visible()
    his.goto(f"/rooms/{room.pk}/")
    expect(his.get_by_role("heading", name="You are suspended")).to_be_visible()

    ask(admin, bob, "End the suspension")
    admin.get_by_role("button", name="End the suspension").click()
    his.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as who comes back to the page
    watching(his, room.topic)
    expect(hers.locator(".message-body", has_text="a letter that waits")).to_be_visible()
    expect(dot).to_have_attribute("data-state", "online")
    expect(his.locator(".message.pending")).to_have_count(0)
    assert list(AuditEntry.objects.order_by("pk").values_list("what", "by__handle", "person__handle")) == [
        ("suspended", "moira", "bob"), ("deleted", "moira", "bob"), ("unsuspended", "moira", "bob")
    ]  # fmt: skip


def test_a_page_that_was_shown_leads_on_when_the_time_is_over(browse: Browse, bob: User, room: Room) -> None:
    his = browse(bob, f"/rooms/{room.pk}/")
    watching(his, room.topic)
    write(his, "sent before")
    expect(his.locator(".message.pending")).to_have_count(0)
    bob.suspend(by=None, until=timezone.now() + timedelta(seconds=3), because="for a moment")
    expect(his.get_by_text("for a moment")).to_be_visible(timeout=2000)
    watching(his, room.topic)


def test_sessions_end_and_second_factors_go_and_who_may_not_is_refused(
    browse: Browse, alice: User, bob: User, room: Room, staff: dict[str, User]
) -> None:
    auth.TOTP.activate(bob, "JBSWY3DPEHPK3PXP")
    admin, his, hers = browse(staff["Adam"], "/admin/"), browse(bob, f"/rooms/{room.pk}/"), browse(alice, "/")
    watching(his, room.topic)
    key = next(cookie["value"] for cookie in his.context.cookies() if cookie["name"] == "sessionid")
    UserSession.objects.get_or_create(session_key=key, defaults={"user": bob, "ip": "127.0.0.1", "user_agent": "x"})
    ask(admin, bob, "Reset two-factor")
    admin.get_by_role("button", name="Reset two-factor").click()
    expect(admin.locator(".messagelist")).to_be_visible()
    assert not Authenticator.objects.exists()
    ask(admin, bob, "End sessions")
    with within_a_second():
        admin.get_by_role("button", name="End sessions").click(no_wait_after=True)
        expect(his.get_by_text("You have been signed out.")).to_be_visible()
    expect(hers.locator("live-status")).to_be_empty()

    moira, cleo = browse(staff["Moira"], f"/admin/accounts/user/{bob.pk}/change/"), browse(staff["Cleo"], "/admin/")
    expect(moira.get_by_role("link", name="Suspend")).to_be_visible()
    expect(moira.get_by_role("link", name="Reset two-factor")).to_have_count(0)
    refused = {
        moira: ["two-factor/", "change/../../../auditentry/"],
        cleo: ["change/", "suspension/", "suspension/end/", "exclusion/", "readmission/", "sign-out/", "messages/"],
    }
    for page, ways in refused.items():
        for way in ways:
            answer = page.goto(f"/admin/accounts/user/{bob.pk}/{way}")
            assert answer
            assert answer.status == 403, way
