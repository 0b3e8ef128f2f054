"""People are found by what one types: without accents and capitals, in Latin letters for any script, by name or handle."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import F
from django.test import Client

from accounts.models import GONE, User
from accounts.search import called, plain
from tests.conftest import Statements, make_person, signed_in

FOLDED = {
    "Łukasz Żółć": " lukasz zolc",
    "Ångström": " angstrom",
    "A\u030angstro\u0308m": " angstrom",  # the same, in parts
    "Đặng Văn": " dang van",
    "Пётр Ильич": " petr ilich",
    "Игорь": " igor",
    "田中": " tianzhong",
    "Emre Yılmaz": " emre yilmaz",
    "İpek": " ipek",
    "Straße": " strasse",
    "Fatima al-Sayed": " fatima al sayed",
    "Conan O’Brien": " conan obrien",
    "ＦＵＬＬ width": " full width",
    "Ann  (she/her)": " ann she her",
    "under_score": " under_score",
    "🦄": " unicorn",
    "…—!": "",
    "𒀀": " 𒀀",  # no letters for it
    "": "",
}


@pytest.mark.parametrize(("name", "folded"), FOLDED.items())
def test_a_name_is_folded_to_what_people_type(name: str, folded: str) -> None:
    assert plain(name) == folded
    assert plain(plain(name)) == folded, "what is typed is folded in the same way"


@pytest.fixture
def people(alice: User) -> list[User]:
    """Alice looks for these."""
    names = ["Łukasz Nowak", "Ångström Zed", "Đặng Minh", "Пётр Ильич", "田中", "Conan O’Brien", "Ann Al-Sayed"]
    return [make_person(f"someone_{i}", name) for i, name in enumerate(names)]


def found(viewer: User, text: str) -> list[str]:
    return list(User.objects.visible_to(viewer).search(text).nearest_first(text).values_list("name", flat=True))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("lukasz", "Łukasz Nowak"),
        ("ŁUKASZ", "Łukasz Nowak"),
        ("nowak luk", "Łukasz Nowak"),
        ("angstrom", "Ångström Zed"),
        ("ångs", "Ångström Zed"),
        ("dang", "Đặng Minh"),
        ("petr", "Пётр Ильич"),
        ("пётр", "Пётр Ильич"),
        ("петр", "Пётр Ильич"),
        ("田", "田中"),
        ("中", "田中"),
        ("tianzhong", "田中"),
        ("o'brien", "Conan O’Brien"),
        ("obrien", "Conan O’Brien"),
        ("al-sayed", "Ann Al-Sayed"),
        ("sayed - ann", "Ann Al-Sayed"),
        ("someone_4", "田中"),
        ("@SOMEONE_4", "田中"),
        ("@_4", "田中"),
    ],
)
def test_people_are_found_by_what_one_types(people: list[User], alice: User, typed: str, name: str) -> None:
    assert found(alice, typed) == [name]


@pytest.mark.parametrize("typed", ["%", "na%zz", "luk_sz", "\\", "…", "@%", "@someone%4", "lukasz minh", "x" * 5000])
def test_signs_of_a_pattern_are_signs_and_what_nobody_is_called_finds_nobody(
    people: list[User], alice: User, typed: str
) -> None:
    assert found(alice, typed) == []


def test_nothing_typed_is_everyone_and_oneself_and_those_who_left_are_not_found(
    people: list[User], alice: User
) -> None:
    assert len(found(alice, " ")) == len(people)
    assert found(alice, "moreau") == []
    people[0].deactivate()
    assert found(alice, "lukasz") == []


def test_words_that_begin_so_come_before_words_that_contain_it(alice: User) -> None:
    for handle, name in [("aaa", "Bogumil Adan"), ("bbb", "Zoe Dana"), ("danuta", "Yan"), ("ddd", "Adán Dan")]:
        make_person(handle, name)
    assert found(alice, "dan") == ["Adán Dan", "Yan", "Zoe Dana", "Bogumil Adan"]
    assert found(alice, "@dan") == ["Yan"]


def test_a_search_is_one_statement_and_bounded(people: list[User], alice: User, statements: Statements) -> None:
    statements.seen.clear()
    found(alice, "a b c d e f g h i j k l m")
    (sql,) = statements.seen
    assert sql.count("LIKE") < 64
    condition = called("xy " * 1000)
    assert condition is not None
    assert len(condition.children) == 8


# Every way to write a name


def by_hand(person: User) -> None:
    person.name = "Zoë Łoś"
    person.save()


def by_fields(person: User) -> None:
    person.name = "Zoë Łoś"
    person.save(update_fields=["name"])


def by_a_row_read_in_part(person: User) -> None:
    part = User.objects.only("pk", "name").get(pk=person.pk)
    part.name = "Zoë Łoś"
    part.save()


def by_update(person: User) -> None:
    User.objects.filter(pk=person.pk).update(name="Zoë Łoś")


def by_bulk_update(person: User) -> None:
    person.name = "Zoë Łoś"
    User.objects.bulk_update([person], ["name"])


def by_update_or_create(person: User) -> None:
    User.objects.update_or_create(pk=person.pk, defaults={"name": "Zoë Łoś"})


def by_the_profile(person: User) -> None:
    fields = {"name": "Zoë Łoś", "handle": "bob", "initial-name": "Bob Okafor", "initial-handle": "bob"}
    assert signed_in(person).post("/accounts/profile/", fields).status_code == 302


def by_staff(person: User) -> None:
    staff = make_person("staff", "Staff", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="change_user"))
    fields = {"name": "Zoë Łoś", "handle": "bob", "is_active": "on", "initial-is_active": "on"}
    assert signed_in(staff).post(f"/people/{person.pk}/", fields).status_code == 302


def by_the_admin(person: User) -> None:
    root = User.objects.create_superuser("root@example.com", "root")
    fields = {"name": "Zoë Łoś", "handle": "bob", "email": person.email, "is_active": "on"}
    assert signed_in(root).post(f"/admin/accounts/user/{person.pk}/change/", fields).status_code == 302


@pytest.mark.parametrize(
    "write",
    [
        by_hand,
        by_fields,
        by_a_row_read_in_part,
        by_update,
        by_bulk_update,
        by_update_or_create,
        by_the_profile,
        by_staff,
        by_the_admin,
    ],
)
def test_however_a_name_is_written_it_is_found(write: Any, bob: User) -> None:
    write(bob)
    bob.refresh_from_db()
    assert (bob.name, bob.plain_name) == ("Zoë Łoś", " zoe los")


def test_whoever_is_made_is_found(db: None, client: Client) -> None:
    User.objects.bulk_create([User(email="a@x.org", handle="aaa", name="Żaba")])
    User.objects.bulk_create(
        [User(email="a@x.org", handle="aab", name="Żuk", pk=User.objects.get().pk)],
        update_conflicts=True, unique_fields=["id"], update_fields=["name"],
    )  # fmt: skip
    assert User.objects.get().plain_name == " zuk"
    fields = {"name": "Jürgen", "username": "juergen", "email": "j@example.com", "password1": "a-fine-pass-99"}
    client.post("/accounts/signup/", fields)
    assert User.objects.get(handle="juergen").plain_name == " jurgen"


def test_an_erased_account_is_found_by_nothing_of_its_own(bob: User) -> None:
    bob.erase()
    bob.refresh_from_db()
    assert bob.plain_name == plain(GONE)


def test_a_name_out_of_the_database_itself_is_refused_rather_than_lost(bob: User) -> None:
    with pytest.raises(TypeError, match="save"):
        User.objects.update(name=F("handle"))


def test_what_is_not_the_name_is_written_alone(bob: User, statements: Statements) -> None:
    statements.seen.clear()
    bob.save(update_fields=["bio"])
    assert "plain_name" not in statements.writes[0]


def test_the_migration_finds_those_who_were_there_before(alice: User, bob: User, monkeypatch: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET plain_name = ''")
    migration = import_module("accounts.migrations.0006_plain_name")
    monkeypatch.setattr(migration, "BATCH", 4)
    migration.fill(apps, SimpleNamespace(connection=connection))
    assert set(User.objects.values_list("plain_name", flat=True)) == {" alice moreau", " bob okafor"}


def test_the_directory_searches_so_too(as_alice: Client, people: list[User]) -> None:
    html = as_alice.get("/people/", {"q": "petr"}).content.decode()
    assert "Пётр Ильич" in html
    assert "Łukasz" not in html
