"""Sign-up: what is wrong stands beside its field, what is right makes an account that is in the Lobby."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client

from accounts.forms import SignupForm
from accounts.models import User
from chat.models import Room

pytestmark = pytest.mark.once

GOOD = {"name": "Dora Diaz", "username": "dora_diaz", "email": "dora@example.com", "password1": "a-fine-pass-99"}


def sign_up(client: Client, **changes: str) -> Any:
    return client.post("/accounts/signup/", GOOD | changes)


def errors(html: str) -> dict[str, str]:
    """The first error beside each field, by the field's name."""
    found = re.findall(r'<p class="field-error" id="id_(\w+)_error">(.*?)</p>', html)
    return dict(reversed(found))


def test_sign_up_makes_an_account_that_is_signed_in_and_in_the_lobby(client: Client, db: None) -> None:
    response = sign_up(client, name="  Dora   Diaz ", username="Dora_Diaz", email="Dora@Example.com")
    assert response.status_code == 302
    assert response["Location"] == "/"
    dora = User.objects.get()
    assert (dora.name, dora.handle, dora.email) == ("Dora Diaz", "dora_diaz", "dora@example.com")
    assert [room.name for room in dora.rooms.all()] == ["Lobby"]
    assert "Lobby" in client.get("/").content.decode()


def test_everyone_who_signs_up_meets_in_the_same_lobby(db: None) -> None:
    for handle in ("dora", "evan"):
        sign_up(Client(), username=handle, email=f"{handle}@example.com")
    assert sorted(member.handle for member in Room.objects.lobby().members.all()) == ["dora", "evan"]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "", "required"),
        ("name", " \t ", "required"),
        ("name", "x" * 61, "at most 60 characters"),
        ("name", "a\0b", "Null characters"),
        ("name", "\u200b", "a name that others can read"),
        ("name", "Dora\u202egnirts", "a name that others can read"),
        ("username", "", "required"),
        ("username", "ab", "at least 3 characters"),
        ("username", "a" * 31, "at most 30 characters"),
        ("username", "9lives", "3 to 30 small letters"),
        ("username", "аlice", "3 to 30 small letters"),  # the first letter is Cyrillic
        ("username", "ALICE", "This handle is taken."),
        ("username", "a" * 10_000, "at most 30 characters"),
        ("email", "", "required"),
        ("email", "dora", "valid email"),
        ("email", "dora\0@example.com", "valid email"),
        ("email", "d" * 250 + "@example.com", "254 characters fit"),
        ("email", "d" * 10_000 + "@example.com", "valid email"),
        ("email", "ALICE@example.com", "already registered"),
        ("password1", "", "required"),
        ("password1", "tiny-9", "at least 8 characters"),
        ("password1", "password123", "too common"),
        ("password1", "dora@example.com", "too similar to the email"),
        ("password1", "dora_diaz_1", "too similar to the handle"),
        ("password1", "a-fine\0pass", "Null characters"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    client: Client, alice: User, field: str, value: str, reason: str
) -> None:
    response = sign_up(client, **{field: value})
    html = response.content.decode()
    assert response.status_code == 200
    assert reason in errors(html)[field]
    assert set(errors(html)) == {field}
    kept = {key: text for key, text in GOOD.items() if key not in {field, "password1"}}
    assert all(f'value="{text}"' in html for text in kept.values())
    assert GOOD["password1"] not in html
    assert User.objects.count() == 1
    assert "_auth_user_id" not in client.session


def test_two_sign_ups_at_once_for_one_handle_are_explained_to_the_second(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = SignupForm.clean_username

    def checked_before_alice_came(form: SignupForm) -> str:
        monkeypatch.setattr(SignupForm, "clean_username", check)
        return "alice"

    monkeypatch.setattr(SignupForm, "clean_username", checked_before_alice_came)
    response = sign_up(client, username="alice")
    html = response.content.decode()
    assert response.status_code == 200
    assert errors(html) == {"username": "This handle is taken."}
    assert 'value="dora@example.com"' in html
    assert not User.objects.filter(email="dora@example.com").exists()


def test_where_emails_are_confirmed_sign_up_tells_nobody_which_are_taken(
    alice: User, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    free = sign_up(Client())
    taken = sign_up(Client(), username="evan", email="Alice@example.com")
    assert (free.status_code, free["Location"]) == (taken.status_code, taken["Location"])
    assert [mail.to for mail in mailoutbox] == [["dora@example.com"], ["alice@example.com"]]
    assert "already exists" in mailoutbox[1].body
    assert User.objects.filter(email="alice@example.com").get() == alice
    assert not EmailAddress.objects.filter(verified=True).exists()
