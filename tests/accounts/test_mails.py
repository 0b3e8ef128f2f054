"""Every mail is sent as text and as HTML, in the same words, with one thing to do and nothing that mail programs hide."""

import re
from html import unescape
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.core.mail import EmailMessage
from django.test import RequestFactory

from accounts.models import User
from chatpoc.env import BASE

pytestmark = pytest.mark.once

NOTICES = [
    "account/email/email_changed",
    "account/email/email_confirm",
    "account/email/email_deleted",
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_set",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
    "mfa/email/recovery_codes_generated",
    "mfa/email/recovery_codes_removed",
]
WITH_A_LINK = {
    "account/email/email_confirmation": "activate_url",
    "account/email/email_confirmation_signup": "activate_url",
    "account/email/password_reset_key": "password_reset_url",
    "account/email/account_already_exists": "password_reset_url",
    "account/email/unknown_account": "signup_url",
    "account/email/deactivated": "come_back_url",
}
WITH_A_CODE = [
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
    "account/email/login_code",
]
OURS = {"account/email/deactivated", "account/email/deleted", "mfa/email/recovery_codes_removed"}
ALL = sorted({*NOTICES, *WITH_A_LINK, *WITH_A_CODE, "account/email/deleted"})
LINK = "https://chat.example.org/accounts/x?a=1&b=2"
EVIL = "<b>Eve</b> & co"


def send(template: str, user: User, **more: Any) -> None:
    request = RequestFactory(headers={"host": "chat.example.org"}).get("/", headers={"user-agent": "Firefox Windows"})
    with context.request_context(request):
        if template in NOTICES:
            changed = {"from_email": "a@example.com", "to_email": "b@example.com", "deleted_email": "a@example.com"}
            get_adapter().send_notification_mail(template, user, changed, email=user.email)
        else:
            get_adapter().send_mail(template, user.email, {"user": user, "name": user.name} | more)


def html_of(mail: EmailMessage) -> str:
    [part] = mail.alternatives  # type: ignore[attr-defined]
    assert part[1] == "text/html"
    return str(part[0])


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.partition("<body")[2].partition(">")[2])).split())


@pytest.fixture(autouse=True)
def _hosts(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["chat.example.org"]


@pytest.mark.parametrize("template", ALL)
def test_a_mail_is_text_and_html_with_the_same_words(
    alice: User, template: str, mailoutbox: list[EmailMessage]
) -> None:
    send(template, alice, **dict.fromkeys(WITH_A_LINK.values(), LINK))
    [mail] = mailoutbox
    text, html = str(mail.body), html_of(mail)
    assert mail.subject.startswith("[ChatPOC] ")
    assert "\n" not in mail.subject
    told = " ".join(text.split())
    for sentence in re.findall(r"[A-Z][^.:?]{12,}[.:?]", told.partition("http")[0]):
        assert sentence in words(html), sentence
    assert mail.subject.removeprefix("[ChatPOC] ") in words(html)
    assert html.count("</a>") <= 2, "one thing to do, and where it is from"
    assert not re.search(r"<(script|style|link|img|form|iframe)|{[{%]|\bNone\b", html + text)
    assert "https://chat.example.org/" in text or "http://chat.example.org/" in text


@pytest.mark.parametrize(("template", "name"), WITH_A_LINK.items())
def test_a_link_is_a_button(alice: User, template: str, name: str, mailoutbox: list[EmailMessage]) -> None:
    send(template, alice, **{name: LINK})
    assert LINK in str(mailoutbox[0].body)
    assert f'<a href="{LINK.replace("&", "&amp;")}"' in html_of(mailoutbox[0])


@pytest.mark.parametrize("template", WITH_A_CODE)
def test_a_code_stands_alone(alice: User, template: str, mailoutbox: list[EmailMessage]) -> None:
    send(template, alice, code="ABC-123")
    assert "\n\nABC-123\n\n" in str(mailoutbox[0].body)
    assert ">ABC-123</p>" in html_of(mailoutbox[0])


@pytest.mark.parametrize("template", ALL)
def test_a_name_cannot_write_into_a_mail(alice: User, template: str, mailoutbox: list[EmailMessage]) -> None:
    alice.name = EVIL
    send(template, alice, **dict.fromkeys(WITH_A_LINK.values(), LINK))
    text, html = str(mailoutbox[0].body), html_of(mailoutbox[0])
    assert "<b>" not in html
    assert "&lt;" not in text
    assert (EVIL in text) == (EVIL in words(html))


@pytest.mark.parametrize("template", NOTICES)
def test_a_notice_says_from_where_it_was_and_what_to_do(
    alice: User, template: str, mailoutbox: list[EmailMessage]
) -> None:
    send(template, alice)
    for body in (str(mailoutbox[0].body), words(html_of(mailoutbox[0]))):
        assert "Firefox on Windows, from 127.0.0.1" in body
        assert "If not, choose a new password at once" in body
    assert "/accounts/password/reset/" in str(mailoutbox[0].body)


def test_no_mail_of_allauths_is_left_without_html_of_ours() -> None:
    """Those of features that are on; the others would need a phone, several emails, or a reset by code."""
    import allauth

    theirs = (BASE / allauth.__file__).parent.glob("templates/[am][cf]*/email/*_message.txt")  # account, mfa
    names = {f"{path.parent.parent.name}/email/{path.stem.removesuffix('_message')}" for path in theirs}
    off = {"account/email/base", "account/email/password_reset_code"}
    assert names - off == set(ALL) - OURS
