"""A forgotten password is replaced through a mailed link, a known one on a page."""

import re
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.conftest import signed_in

pytestmark = pytest.mark.once


def ask(client: Client, email: str) -> Any:
    return client.post("/accounts/password/reset/", {"email": email})


def link(mail: EmailMessage) -> str:
    found = re.search(r"http://testserver(/\S+)", str(mail.body))
    assert found
    return found[1]


def choose(client: Client, path: str, password: str, again: str | None = None) -> Any:
    return client.post(path, {"password1": password, "password2": again or password})


def test_a_mailed_link_sets_a_new_password_once(client: Client, alice: User, mailoutbox: list[EmailMessage]) -> None:
    assert ask(client, "ALICE@example.com")["Location"] == "/accounts/password/reset/done/"
    assert [mail.to for mail in mailoutbox] == [["alice@example.com"]]
    mailed = link(mailoutbox[0])
    form = client.get(mailed)["Location"]
    assert mailed.rsplit("-", 1)[1] not in form, "the key must not stand in an address that other pages get to see"
    assert "at least 8 characters" in choose(client, form, "tiny").content.decode()
    assert "same password" in choose(client, form, "looking-glass-1", "looking-glass-2").content.decode()
    assert choose(client, form, "looking-glass-1")["Location"] == "/accounts/password/reset/key/done/"
    alice.refresh_from_db()
    assert alice.check_password("looking-glass-1")
    assert "invalid" in Client().get(mailed).content.decode()


def test_a_new_password_ends_every_other_session(alice: User, mailoutbox: list[EmailMessage]) -> None:
    thief, owner = signed_in(alice), Client()
    ask(owner, alice.email)
    choose(owner, owner.get(link(mailoutbox[0]))["Location"], "looking-glass-1")
    assert thief.get("/")["Location"].startswith("/accounts/login/")


def test_a_link_for_alice_opened_by_bob_does_not_change_his_password(
    as_bob: Client, alice: User, bob: User, mailoutbox: list[EmailMessage]
) -> None:
    ask(Client(), alice.email)
    choose(as_bob, as_bob.get(link(mailoutbox[0]))["Location"], "looking-glass-1")
    bob.refresh_from_db()
    assert bob.check_password("builder-2000")
    assert "_auth_user_id" not in as_bob.session


def test_asking_tells_nobody_whether_there_is_an_account(
    alice: User, charlie: User, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    emails = ["alice@example.com", "nobody@example.com", "charlie@example.com"]
    answers = [ask(Client(), email) for email in emails]
    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
    assert [("/password/reset/key/" in str(mail.body)) for mail in mailoutbox] == [True, False, False]


@pytest.mark.parametrize(
    "path",
    ["1-abc", "1-set-password", "zzzzzzzzzzzzz-abc", "z" * 3000 + "-abc", "1-" + "a" * 3000, "0-x", "1-x/y"],
)
def test_a_made_up_link_is_refused_on_a_page(client: Client, alice: User, path: str) -> None:
    response = client.get(f"/accounts/password/reset/key/{path}/")
    assert response.status_code == 200
    assert "invalid" in response.content.decode()
    assert "invalid" in choose(client, f"/accounts/password/reset/key/{path}/", "looking-glass-1").content.decode()
    alice.refresh_from_db()
    assert alice.check_password("wonderland-9")


def test_asking_too_often_is_refused_on_our_own_page(db: None, client: Client, mailoutbox: list[EmailMessage]) -> None:
    answers = [ask(client, "nobody@example.com") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "Please wait a few minutes" in answers[-1].content.decode()
    assert "/static/css/app.css" in answers[-1].content.decode()
    assert len(mailoutbox) == 5


def change(client: Client, old: str, new: str, again: str | None = None) -> Any:
    data = {"oldpassword": old, "password1": new, "password2": again or new}
    return client.post("/accounts/password/change/", data)


def test_a_changed_password_keeps_this_session_ends_the_others_and_is_announced(
    as_alice: Client, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    elsewhere = signed_in(alice)
    response = change(as_alice, "wonderland-9", "looking-glass-1")
    assert response.status_code == 302
    assert "Password successfully changed." in as_alice.get(response["Location"]).content.decode()
    assert as_alice.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert [(mail.to, "changed" in str(mail.body)) for mail in mailoutbox] == [([alice.email], True)]


@pytest.mark.parametrize(
    ("old", "new", "again", "reason"),
    [
        ("wrong", "looking-glass-1", "looking-glass-1", "current password"),
        ("wonderland-9", "looking-glass-1", "other-glass-1", "same password"),
        ("wonderland-9", "tiny", "tiny", "at least 8 characters"),
        ("wonderland-9", "alice-moreau", "alice-moreau", "too similar to the name"),
        ("wonderland-9", "a\0bcdefgh", "a\0bcdefgh", "Null characters"),
        ("x" * 10_000, "y" * 10_000, "y" * 10_000, "1024 characters at most"),
    ],
)
def test_a_change_that_is_wrong_is_explained(
    as_alice: Client, alice: User, old: str, new: str, again: str, reason: str
) -> None:
    assert reason in change(as_alice, old, new, again).content.decode()
    alice.refresh_from_db()
    assert alice.check_password("wonderland-9")


def test_a_late_fetch_with_the_old_cookie_does_not_take_the_new_one_away(as_alice: Client, alice: User) -> None:
    """Another tab fetches what the new password made stale, before its browser has the session's new key."""
    late = Client()
    late.cookies["sessionid"] = as_alice.cookies["sessionid"].value
    change(as_alice, "wonderland-9", "looking-glass-1")
    refused = late.get("/accounts/me/", headers={"HX-Request": "true"})
    assert refused.status_code == 401
    assert "sessionid" not in refused.cookies
    assert "sessionid" in late.get("/").cookies, "a page does: its cookie is of no use any more"
