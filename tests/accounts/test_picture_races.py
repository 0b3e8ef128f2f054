"""Pictures of two tabs at once, and of somebody who is just leaving: no file is left that no row names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import ProtectedError

from accounts.models import User
from chat.models import Room
from tests.conftest import Say, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")


def squares(content: bytes) -> dict[int, bytes]:
    return dict.fromkeys((48, 96, 384), content)


def files() -> set[str]:
    return set(default_storage.listdir("avatars")[1])


def files_of(person: User) -> set[str]:
    return {f"{User.objects.get(pk=person.pk).picture_name}-{side}.webp" for side in (48, 96, 384)}


def test_two_pictures_at_once_leave_the_files_of_one(alice: User) -> None:
    one, other = User.objects.get(pk=alice.pk), User.objects.get(pk=alice.pk)
    one.take_picture(squares(b"one"))
    other.take_picture(squares(b"other"))
    assert files() == files_of(alice)


@pytest.mark.parametrize("leave", [User.erase, User.delete])
def test_a_picture_that_is_late_for_its_owners_deletion_is_none(alice: User, leave: Callable[[User], Any]) -> None:
    late = User.objects.get(pk=alice.pk)
    leave(alice)
    late.take_picture(squares(b"late"))
    assert files() == set()
    assert not User.objects.exclude(picture_name="").exists()


def test_who_left_keeps_the_picture_of_before(alice: User) -> None:
    alice.take_picture(squares(b"before"))
    late = User.objects.get(pk=alice.pk)
    alice.deactivate()
    late.take_picture(squares(b"before"))
    late.take_picture(squares(b"late"))
    late.remove_picture()
    assert files() == files_of(alice)


@pytest.mark.parametrize("door", ["the row", "a query", "the admin's page", "the admin's list"])
def test_a_row_that_is_deleted_takes_its_pictures_along(alice: User, bob: User, door: str) -> None:
    for person in (alice, bob):
        person.take_picture(squares(person.handle.encode()))
    root = signed_in(User.objects.create_superuser("root@example.com", "root"))
    if door == "the row":
        alice.delete()
    elif door == "a query":
        User.objects.filter(pk=alice.pk).delete()
    elif door == "the admin's page":
        root.post(f"/admin/accounts/user/{alice.pk}/delete/", {"post": "yes"})
    else:
        data = {"action": "delete_selected", "_selected_action": [alice.pk], "post": "yes"}
        root.post("/admin/accounts/user/", data)
    assert not User.objects.filter(handle="alice").exists()
    assert files() == files_of(bob)


def test_a_row_that_cannot_be_deleted_keeps_its_pictures(alice: User, direct: Room, say: Say) -> None:
    alice.take_picture(squares(b"mine"))
    say(direct, alice)
    for delete in (alice.delete, User.objects.filter(pk=alice.pk).delete):
        with pytest.raises(ProtectedError):
            delete()
    assert files() == files_of(alice)


def test_a_deletion_takes_files_that_no_row_names_and_nobody_else_s(alice: User) -> None:
    alice.take_picture(squares(b"mine"))
    stray, neighbour = f"{alice.pk}-{'a' * 24}-48.webp", f"{alice.pk}0-{'a' * 24}-48.webp"
    for name in (stray, neighbour):
        default_storage.save(f"avatars/{name}", ContentFile(b"x"))
    alice.erase()
    assert files() == {neighbour}
