"""What one tells the others of oneself."""

import pytest
from django.test import Client

from accounts.models import User

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
