"""A person: one account per email and handle whatever their case, initials, and who is found by a search."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from tests.conftest import make_person, signed_in


@pytest.mark.parametrize(
    ("email", "handle", "constraint"),
    [
        ("ALICE@Example.COM", "another", "one_account_per_email"),
        ("another@example.com", "ALICE", "one_account_per_handle"),
    ],
)
def test_the_database_refuses_a_second_account_in_other_case(
    alice: User, email: str, handle: str, constraint: str
) -> None:
    person = User(email=email, handle=handle, name="Not Alice")
    with pytest.raises(ValidationError) as explained:
        person.validate_constraints()
    assert "already" in str(explained.value) or "taken" in str(explained.value)
    with pytest.raises(IntegrityError, match=constraint):
        User.objects.bulk_create([person])


def test_an_account_cannot_be_moved_onto_the_email_of_another(alice: User, bob: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.filter(pk=bob.pk).update(email="Alice@example.com")


def test_the_admin_explains_a_taken_email_instead_of_breaking(alice: User) -> None:
    admin = signed_in(User.objects.create_superuser("root@example.com", "root"))
    response = admin.post("/admin/accounts/user/add/", {"name": "X", "handle": "xavier", "email": "ALICE@example.com"})
    assert response.status_code == 200
    assert "This email has an account already." in response.content.decode()


def test_an_email_and_a_handle_are_kept_in_small_letters(db: None) -> None:
    user = User.objects.create_user(" Dora@Example.COM ", "Dora")
    assert (user.email, user.handle, user.name) == ("dora@example.com", "dora", "Dora")


@pytest.mark.parametrize("handle", ["ada", "ada_99", "a__", "a" * 30])
def test_a_handle_may_be(db: None, handle: str) -> None:
    User(email="ada@example.com", handle=handle, name="Ada", password="x").full_clean()


@pytest.mark.parametrize(
    "handle", ["", "ab", "a" * 31, "9ada", "_ada", "Ada", "a-da", "a da", "ada\n", "ada.", "@ada", "аda", "ad٣"]
)
def test_a_handle_may_not_be(db: None, handle: str) -> None:
    with pytest.raises(ValidationError) as refused:
        User(email="ada@example.com", handle=handle, name="Ada", password="x").full_clean()
    assert set(refused.value.message_dict) == {"handle"}


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Alice Moreau", "AM"),
        ("Ursula K. Le Guin", "UG"),
        ("  cher  ", "C"),
        ("émile zola", "ÉZ"),
        ("山田 太郎", "山太"),
        ("", "A"),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name: str, initials: str) -> None:
    assert User(handle="ada", name=name).initials == initials


def found(viewer: User, text: str) -> list[str]:
    return sorted(user.handle for user in User.objects.visible_to(viewer).search(text))


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("", ["bob", "charlie"]),
        ("  ", ["bob", "charlie"]),
        ("oka", ["bob"]),
        ("OKAFOR bo", ["bob"]),
        ("okafor lind", []),
        ("@cha", ["charlie"]),
        ("@Lindqvist", []),
        ("li", ["charlie"]),
        ("' OR 1=1 --", []),
        ("x" * 10_000, []),
    ],
)
def test_a_search_finds_every_word_in_name_or_handle(
    alice: User, bob: User, charlie: User, text: str, handles: list[str]
) -> None:
    assert found(alice, text) == handles


@pytest.mark.parametrize(
    ("wildcard", "handles"),
    [("%", []), ("_", ["dora_1"]), ("\\", []), ("b_b", []), ("b%z", []), ("b%", ["bob"]), ("*", [])],
)
def test_a_wildcard_stands_for_nothing_else(
    alice: User, bob: User, charlie: User, wildcard: str, handles: list[str]
) -> None:
    make_person("dora_1", r"100% \ *")
    assert found(alice, wildcard) == handles


def test_nobody_finds_themselves_or_someone_inactive(alice: User, bob: User, charlie: User) -> None:
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    assert found(alice, "") == ["bob"]
    assert found(bob, "") == ["alice"]


def test_nobody_is_found_by_their_email_nor_shown_it(as_alice: Client, bob: User) -> None:
    shown = as_alice.get("/people/?q=okafor").content.decode()
    assert "Bob Okafor" in shown
    assert "bob@example.com" not in shown
    for query in ("bob@example.com", "@example.com", "example"):
        assert "Bob Okafor" not in as_alice.get("/people/", {"q": query}).content.decode()
