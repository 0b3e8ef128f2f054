"""Every journey of an account in a real Chromium, with the mails that the server really sent."""

import base64
import hmac
import struct
import time
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, server_environment, watching, write
from tests.browser.journey import Journey
from tests.servers import ChatServer, chat_server

pytestmark = pytest.mark.once


@pytest.fixture
def journey(browse: Browse, strict: ChatServer) -> Journey:
    return Journey(browse, strict)


def test_sign_up_is_confirmed_by_a_mailed_code(journey: Journey) -> None:
    fields = {"name": "Dora Diaz", "username": "dora", "email": "dora@example.com", "password1": "a-fine-pass-99"}
    journey.opens("/accounts/signup/").fill(**fields).press("Make the account").sees("Confirm your email")
    code = journey.code("dora@example.com", "confirm your email")
    journey.fill(code="WRONG1").press("Confirm").sees("Incorrect code")
    journey.fill(code=code).press("Confirm").is_in()
    assert EmailAddress.objects.get().verified


def test_a_forgotten_password_is_replaced_by_a_mailed_link(journey: Journey, dora: User) -> None:
    journey.press("Forgot your password?").fill(email=dora.email).press("Mail me a link").sees("Look into your mail")
    journey.opens(journey.link(dora.email, "Choose a new password"))
    journey.fill(password1="looking-glass-1", password2="looking-glass-1").press("Use this password")
    journey.sees("Your password is changed").signs_in("@Dora", "looking-glass-1").is_in()


def test_a_mailed_code_signs_in(journey: Journey, dora: User) -> None:
    journey.press("With a code by mail").fill(email=dora.email).press("Mail me a code").sees("Enter your code")
    journey.fill(code=journey.code(dora.email, "code to sign in")).press("Confirm").is_in()


def test_an_email_changes_when_the_new_one_is_confirmed_and_the_old_one_is_told(journey: Journey, dora: User) -> None:
    journey.signs_in(dora.email, "a-fine-pass-99").is_in().opens("/accounts/email/")
    journey.fill(email="d@wonderland.example").press("Change email").confirms("a-fine-pass-99")
    journey.sees("Confirm your email")
    journey.fill(code=journey.code("d@wonderland.example", "confirm your email")).press("Confirm")
    journey.opens("/accounts/email/").sees("You sign in with d@wonderland.example")
    told = journey.mail(dora.email, "Your email has changed")
    assert "from dora@example.com to d@wonderland.example" in told
    assert "Chrome on Linux, from 127.0.0.1" in told


def test_an_authenticator_app_and_recovery_codes_from_set_up_to_turning_off(journey: Journey, dora: User) -> None:
    journey.signs_in("dora", "a-fine-pass-99").is_in().opens("/accounts/2fa/").press("Set up").confirms(
        "a-fine-pass-99"
    )
    secret = journey.page.locator("#authenticator_secret").inner_text()
    assert journey.page.locator("img.qr").evaluate("image => image.naturalWidth") > 100, "the policy lets it be seen"
    journey.fill(code=totp(secret)).press("Turn on").sees("Recovery codes")
    recovery = journey.page.locator("#recovery_codes code").all_inner_texts()
    assert len(recovery) == 10
    journey.mail(dora.email, "Authenticator app turned on")
    with journey.page.expect_download() as download:
        journey.press("Download")
    assert Path(download.value.path()).read_text().split() == recovery

    journey.signs_out().signs_in("dora", "a-fine-pass-99").sees("Second step")
    journey.fill(code="000000").press("Sign in").sees("This code is not right.")
    journey.fill(code=totp(secret, step=1)).press("Sign in").is_in()
    journey.signs_out().signs_in("dora", "a-fine-pass-99").fill(code=recovery[0]).press("Sign in").is_in()
    journey.opens("/accounts/2fa/").sees("9 of 10 are left").press("Turn off")
    journey.sees("Is it you?").fill(password="a-fine-pass-99").press("Confirm").press("Turn off")
    journey.sees("Authenticator app")
    journey.signs_out().signs_in("dora", "a-fine-pass-99").is_in()


def totp(secret: str, *, step: int = 0) -> str:
    """RFC 6238; a code that was used is not taken again, so the next sign-in uses that of the next step."""
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_one_leaves_for_a_while_comes_back_and_leaves_for_good(journey: Journey, dora: User) -> None:
    journey.signs_in("dora", "a-fine-pass-99").is_in().opens("/accounts/account/").press("Deactivate my account")
    journey.confirms("a-fine-pass-99").press("Deactivate").sees("The way back is in a mail to dora@example.com")
    journey.signs_in("dora", "a-fine-pass-99").sees("This account is not active")
    journey.opens(journey.link(dora.email, "Your account is deactivated")).press("Yes, I am back").sees("Welcome back")
    journey.signs_in("dora", "a-fine-pass-99").is_in().opens("/accounts/account/").press("Delete my account")
    journey.confirms("a-fine-pass-99").press("Delete for good").sees("Your account is deleted.")
    journey.signs_in("dora", "a-fine-pass-99").sees("are not correct")
    assert User.objects.get().name == "Deleted account"


def test_a_session_signed_out_elsewhere_says_so_at_once_and_keeps_what_was_typed(
    browse: Browse, strict: ChatServer, dora: User
) -> None:
    room = Room.objects.lobby()
    room.join(dora)
    here, there = Journey(browse, strict), Journey(browse, strict, color_scheme="dark")
    for one in (here, there):
        one.signs_in("dora", "a-fine-pass-99").is_in()
    there.opens(f"/rooms/{room.pk}/")
    watching(there.page, room.topic)
    there.page.locator("textarea[name=body]").fill("half a thou")
    here.opens("/accounts/sessions/").sees("This device").press("Sign out there")
    expect(there.page.locator("live-status")).to_contain_text(
        "You have been signed out. What you typed is kept.", timeout=1500
    )
    expect(there.page.locator("textarea[name=body]")).to_have_value("half a thou")
    there.press("Sign in again").fill(login="dora", password="a-fine-pass-99").press("Sign in").is_in()
    expect(there.page.locator("textarea[name=body]")).to_have_value("half a thou")
    here.opens("/").is_in()


def test_a_new_password_shuts_other_browsers_out_and_no_tab_of_this_one(
    browse: Browse, strict: ChatServer, dora: User
) -> None:
    room = Room.objects.lobby()
    room.join(dora)
    here, there = Journey(browse, strict), Journey(browse, strict, color_scheme="dark")
    for one in (here, there):
        one.signs_in("dora", "a-fine-pass-99").is_in().opens(f"/rooms/{room.pk}/")
        watching(one.page, room.topic)
    tab = Journey(browse, strict)
    tab.opens("/accounts/password/change/")
    tab.fill(oldpassword="a-fine-pass-99", password1="looking-glass-1", password2="looking-glass-1")
    tab.press("Change password").sees("Password successfully changed.")
    expect(there.page.locator("live-status")).to_contain_text("You have been signed out.", timeout=1500)
    watching(here.page, room.topic)
    expect(here.page.locator("live-status")).to_be_empty()
    write(here.page, "still here")
    expect(here.page.locator(".messages .message:not(.pending) .message-body")).to_have_text("still here")


def test_the_admin_works_under_the_policy(browse: Browse, transactional_db: None) -> None:
    """On a server of its own: the content types that another remembers went with the tables of an earlier test."""
    root = User.objects.create_superuser("root@example.com", "root")
    with chat_server(**server_environment()) as server:
        page = browse(root, "/admin/accounts/user/", server=server)
        page.get_by_role("link", name="root").first.click()
        expect(page.locator("#id_groups_from, .selector-available").first).to_be_visible()
        page.locator("[name=name]").fill("Root of all")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".messagelist .success")).to_contain_text("was changed successfully")
