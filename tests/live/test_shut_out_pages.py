"""What a page of who is shut out asks for: nothing is unchanged to them, everything is gone."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from chat.models import Membership, Room
from tests.chat.rooms import room_of
from tests.conftest import Say
from tests.live.shutting_out import ROOM
from tests.live.test_shut_out import in_shell

HX = {"HX-Request": "true"}
FRAGMENTS = ["header/", "members/", "roster/", "archiving/", "notify/choice/", "silence/", "candidates/?q=ch"]
WAYS = ["removed by its moderator", "deleted by a query", "raw SQL", "moved to another room"]


@pytest.fixture
def room(transactional_db: None, alice: User, bob: User, charlie: User, say: Say) -> Room:
    room = room_of(alice, bob)
    Membership.objects.filter(room=room, user=bob).update(role="moderator")  # who may ask for all of these
    say(room, alice, "a secret")
    return room


@pytest.mark.parametrize("way", WAYS)
def test_no_fragment_is_unchanged_for_who_is_out_of_the_room(as_bob: Client, bob: User, room: Room, way: str) -> None:
    paths = [f"/rooms/{room.pk}/{fragment}" for fragment in FRAGMENTS]
    ptags = {path: as_bob.get(path, headers=HX)["HX-PTag"] for path in paths}
    had = {path: HX | {"HX-PTag": ptag} for path, ptag in ptags.items()}
    assert {as_bob.get(path, headers=had[path]).status_code for path in paths} == {304}
    room.refresh_from_db()
    since = f"/rooms/{room.pk}/messages/?since={room.version}"
    assert as_bob.get(since, headers=HX).status_code == 304
    Membership.objects.filter(room=room).exclude(user=bob).update(role="moderator")
    if way == "removed by its moderator":
        room.remove(by=User.objects.get(handle="alice"), person=bob)
    else:
        in_shell(ROOM[way], bob, room)
    assert {path: as_bob.get(path, headers=had[path]).status_code for path in paths} == dict.fromkeys(paths, 404)
    for path in (since, f"/rooms/{room.pk}/messages/", f"/rooms/{room.pk}/messages/1/", f"/rooms/{room.pk}/"):
        answer = as_bob.get(path, headers=HX)
        assert answer.status_code == 404, path
        assert "a secret" not in answer.content.decode()
    assert b'"notifications": []' in as_bob.get(f"/notifications/?rooms={room.pk}").content


def test_no_fragment_is_unchanged_for_who_is_signed_out(as_bob: Client, room: Room) -> None:
    paths = ["/conversations/", "/accounts/me/", f"/rooms/{room.pk}/header/"]
    had = {path: HX | {"HX-PTag": as_bob.get(path, headers=HX)["HX-PTag"]} for path in paths}
    assert {as_bob.get(path, headers=had[path]).status_code for path in paths} == {304}
    Session.objects.all().delete()
    assert {as_bob.get(path, headers=had[path]).status_code for path in paths} == {401}
