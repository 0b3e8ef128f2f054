"""Passkeys, with Chromium's own virtual authenticator in place of a finger."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, expect

from accounts.models import User
from tests.browser.conftest import Browse
from tests.browser.journey import Journey
from tests.servers import ChatServer

pytestmark = pytest.mark.once


@pytest.fixture
def journey(browse: Browse, strict: ChatServer) -> Journey:
    return Journey(browse, strict)


@pytest.fixture
def device(journey: Journey) -> CDPSession:
    """The journey's page has a device that proves who holds it."""
    device = journey.page.context.new_cdp_session(journey.page)
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return device


def test_a_passkey_signs_up_signs_in_is_renamed_and_removed(journey: Journey, device: CDPSession) -> None:
    journey.opens("/accounts/signup/").press("Use a passkey")
    journey.fill(name="Pia Pereira", username="pia", email="pia@example.com").press("Make the account")
    code = journey.code("pia@example.com", "confirm your email")
    journey.fill(code=code).press("Confirm").sees("Make your passkey").press("Make it").is_in()
    journey.signs_out().press("With a passkey").is_in()

    journey.opens("/accounts/2fa/webauthn/").sees("Chrome on Linux").sees("used").press("Rename").sees("Is it you?")
    journey.press("Use a passkey").fill(name="my laptop").press("Save").sees("my laptop").press("Remove")
    journey.press("Remove").sees("You have none yet")
    assert not Authenticator.objects.filter(type="webauthn").exists()
    journey.mail("pia@example.com", "A passkey was removed")


def test_a_passkey_is_added_and_is_the_second_step_after_a_password(
    journey: Journey, device: CDPSession, dora: User
) -> None:
    journey.signs_in("dora", "a-fine-pass-99").is_in().opens("/accounts/2fa/").press("Add one").confirms(
        "a-fine-pass-99"
    )
    journey.press("Add it").sees("Recovery codes")
    journey.mail(dora.email, "A passkey was added")
    journey.signs_out().signs_in("dora", "a-fine-pass-99").sees("Second step").press("Use a passkey").is_in()
    journey.signs_out().press("With a passkey").is_in()


def test_a_passkey_that_is_not_used_is_said_on_the_page(journey: Journey, device: CDPSession) -> None:
    journey.press("With a passkey")  # the device knows none
    expect(journey.page.get_by_role("alert")).to_contain_text("The passkey was not used.")


def test_where_the_address_is_a_number_no_passkey_is_offered(browse: Browse, chat: ChatServer) -> None:
    page = browse(None, "/accounts/login/")
    expect(page.get_by_text("With a code by mail")).to_be_visible()
    expect(page.get_by_text("With a passkey")).to_have_count(0)
