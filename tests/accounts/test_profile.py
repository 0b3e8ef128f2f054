"""What one tells the others of oneself."""

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.once

GOOD = {"name": "Alice M.", "handle": "alice", "bio": "Hello\nthere", "time_zone": "Europe/Warsaw"}


def test_a_profile_is_saved_and_shown_on_the_card(as_alice: Client, as_bob: Client, alice: User) -> None:
    assert as_alice.post("/accounts/profile/", GOOD).status_code == 302
    card = as_bob.get(f"/people/{alice.pk}/card/").content.decode()
    for text in ("Alice M.", "Hello\nthere", "Europe/Warsaw"):
        assert text in card


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", " ", "This field is required."),
        ("name", "\u202eAlice", "others can read"),
        ("name", "\u3164", "others can read"),
        ("name", "\u2800 \u115f\uffa0", "others can read"),
        ("name", "deleted  ACCOUNT", "what a deleted account is called"),
        ("name", "Ｄeleted account\u200b", "what a deleted account is called"),
        ("name", "x" * 61, "at most 60"),
        ("handle", "bob", "This handle is taken."),
        ("handle", "no spaces", "A handle has"),
        ("bio", "x" * 201, "at most 200"),
        ("bio", "\u202eolleh", "change the text around it"),
        ("time_zone", "Mars/Olympus", "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_explained_and_kept_in_the_form(
    as_alice: Client, bob: User, alice: User, field: str, value: str, reason: str
) -> None:
    answer = as_alice.post("/accounts/profile/", GOOD | {field: value})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert reason in html
    assert "Hello\nthere" in html or field == "bio"
    alice.refresh_from_db()
    assert alice.name == "Alice Moreau"


def test_html_in_a_bio_is_text(as_alice: Client, as_bob: Client, alice: User) -> None:
    as_alice.post("/accounts/profile/", GOOD | {"bio": "<img src=x onerror=alert(1)> https://example.com"})
    card = as_bob.get(f"/people/{alice.pk}/card/").content.decode()
    assert "&lt;img" in card
    assert 'href="https://example.com" rel="nofollow"' in card


def test_a_line_end_of_a_bio_counts_once_as_in_the_browser(as_alice: Client, alice: User) -> None:
    bio = "\n".join(["x" * 9] * 20)
    assert as_alice.post("/accounts/profile/", GOOD | {"bio": bio.replace("\n", "\r\n") + "x"}).status_code == 302
    alice.refresh_from_db()
    assert alice.bio == bio + "x"
    assert len(alice.bio) == 200


def test_an_old_tab_takes_back_nothing_that_another_changed(as_alice: Client, alice: User) -> None:
    page = as_alice.get("/accounts/profile/").content.decode()
    seen = {f"initial-{name}": getattr(alice, name) for name in GOOD}
    assert all(f'name="{name}"' in page for name in seen)
    User.objects.filter(pk=alice.pk).update(name="Alice the Second", bio="from the other tab")
    as_alice.post("/accounts/profile/", {name: getattr(alice, name) for name in GOOD} | seen | {"handle": "alicia"})
    alice.refresh_from_db()
    assert (alice.name, alice.bio, alice.handle) == ("Alice the Second", "from the other tab", "alicia")


def test_a_name_that_shows_nothing_cannot_sign_up(db: None) -> None:
    data = {"name": "\u3164", "username": "nobody", "email": "x@example.com", "password1": "a-fine-pass-99"}
    assert "others can read" in Client().post("/accounts/signup/", data).content.decode()
    assert not User.objects.exists()
