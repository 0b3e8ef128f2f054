"""What moderators decide: name, topic, kind and roles."""

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Room
from tests.chat.rooms import at_once, refused, role, room_of

CHANGED = {"name": "Yard", "subject": "", "kind": "open"}


def test_a_moderator_changes_a_room_and_nobody_else_does(
    alice: User, bob: User, as_alice: Client, as_bob: Client, as_charlie: Client
) -> None:
    room = room_of(alice, bob)
    path = f"/rooms/{room.pk}/settings/"
    assert as_charlie.post(path, CHANGED).status_code == 404
    assert as_bob.get(path).status_code == as_bob.post(path, CHANGED).status_code == 403
    assert "Only a moderator" in refused(lambda: room.change(by=bob, **CHANGED))
    room.refresh_from_db()
    assert room.name == "Garden"
    assert 'value="Garden"' in as_alice.get(path).content.decode()
    assert as_alice.post(path, CHANGED)["Location"] == f"/rooms/{room.pk}/"
    room.refresh_from_db()
    assert (room.name, room.subject, room.kind) == ("Yard", "", "open")
    assert "Join the room" in as_charlie.get(f"/rooms/{room.pk}/").content.decode()


def test_a_room_may_keep_its_name_and_not_take_another_open_one_s(alice: User, bob: User, as_alice: Client) -> None:
    room = room_of(alice, bob, "open")
    room_of(alice, bob, "open", "Yard")
    path = f"/rooms/{room.pk}/settings/"
    assert as_alice.post(path, {"name": "garden", "subject": "x", "kind": "open"}).status_code == 302
    assert as_alice.post(path, CHANGED | {"name": "yard"}).status_code == 422


def test_the_lobby_stays_open_and_direct_rooms_have_no_settings(alice: User, direct: Room, as_alice: Client) -> None:
    lobby = Room.objects.lobby()
    lobby.join(alice, role="moderator")
    answer = as_alice.post(f"/rooms/{lobby.pk}/settings/", {"name": "Lobby", "subject": "", "kind": "closed"})
    assert (answer.status_code, "cannot be closed" in answer.content.decode()) == (422, True)
    assert "cannot be closed" in refused(lambda: lobby.change(by=alice, name="x", subject="", kind="closed"))
    assert as_alice.post(f"/rooms/{lobby.pk}/archive/").status_code == 403
    assert "cannot be archived" in refused(lambda: lobby.archive(by=alice))
    assert as_alice.get(f"/rooms/{direct.pk}/settings/").status_code == 404
    assert as_alice.post(f"/rooms/{direct.pk}/archive/").status_code == 403
    refused(lambda: direct.change(by=alice, name="x", subject="", kind="open"))


def test_moderators_make_moderators_and_one_always_stays(
    alice: User, bob: User, as_alice: Client, as_bob: Client, as_charlie: Client
) -> None:
    room = room_of(alice, bob)
    alices, bobs = (f"/rooms/{room.pk}/people/{who.pk}/role/" for who in (alice, bob))
    assert as_charlie.post(bobs, {"role": "moderator"}).status_code == 404
    assert as_bob.post(bobs, {"role": "moderator"}).status_code == 403
    answer = as_alice.post(alices, {"role": "member"})
    assert (answer.status_code, "needs a moderator" in answer.content.decode()) == (403, True)
    for nonsense in ({"role": "king"}, {}):
        as_alice.post(bobs, nonsense)
    assert (role(room, alice), role(room, bob)) == ("moderator", "member")
    as_alice.post(bobs, {"role": "moderator"})
    as_alice.post(alices, {"role": "member"})
    assert (role(room, alice), role(room, bob)) == ("member", "moderator")
    assert as_alice.post(bobs, {"role": "member"}).status_code == 403, "she gave it away"


@pytest.mark.django_db(transaction=True)
def test_two_moderators_who_step_down_at_once_leave_one(alice: User, bob: User) -> None:
    room = room_of(alice, bob)
    room.memberships.update(role="moderator")
    one, two = room.memberships.all()
    at_once(lambda: one.make("member", by=alice), lambda: two.make("member", by=bob))
    assert room.memberships.filter(role="moderator").count() == 1


def test_the_admin_explains_what_the_lobby_cannot_be(alice: User) -> None:
    from tests.chat.test_admin_rooms import act
    from tests.conftest import signed_in

    lobby = Room.objects.lobby()
    root = signed_in(User.objects.create_superuser("root@example.com", "root", "wonderland-9"))
    path = f"/admin/chat/room/{lobby.pk}/change/"
    fields = {"kind": "closed", "name": "Lobby", "subject": "typed"}
    answer = root.post(path, fields).content.decode()
    assert "The room that everyone joins cannot be closed." in answer
    assert "typed" in answer
    assert root.post(path, fields | {"kind": "open", "subject": "Hello"}).status_code == 302
    assert Room.objects.lobby().subject == "Hello"
    answer = act(root, "chat/room", "archive", lobby, asked="yes")
    assert "The room that everyone joins cannot be archived." in answer.content.decode()
    assert not Room.objects.lobby().archived_at
