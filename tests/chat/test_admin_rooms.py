"""What staff change about rooms and their members in the admin, and what they cannot change by it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.models import Membership, Room
from tests.chat.rooms import people, role, room_of
from tests.conftest import Say, make_person, signed_in


@pytest.fixture
def as_staff(charlie: User) -> Client:
    charlie.is_staff = charlie.is_superuser = True
    charlie.save()
    return signed_in(charlie)


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    return room_of(alice, bob)


def form_of(client: Client, room: Room) -> dict[str, str]:
    """What the page of the room would send back, untouched."""
    form = client.get(f"/admin/chat/room/{room.pk}/change/").context["adminform"].form
    return {field.html_name: "" if field.value() is None else str(field.value()) for field in form}


def act(client: Client, model: str, action: str, *rows: Model, **answers: Any) -> Any:
    """What comes of an action on these rows of a list, and what it says then."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(f"/admin/{model}/", chosen | answers, follow=True)


def place_of(person: User, room: Room) -> Membership:
    return Membership.objects.get(room=room, user=person)


def test_marks_that_moved_while_the_page_was_open_stay_where_they_are(
    room: Room, bob: User, as_staff: Client, say: Say
) -> None:
    page = form_of(as_staff, room)
    bobs = place_of(bob, room)
    say(room, bob, "meanwhile")
    assert as_staff.post(f"/admin/chat/room/{room.pk}/change/", page | {"name": "Orchard"}).status_code == 302
    assert act(as_staff, "chat/membership", "make_moderator", bobs).status_code == 200
    room.refresh_from_db()
    assert (room.name, room.last_seq) == ("Orchard", 1)
    bobs.refresh_from_db()
    assert (bobs.role, bobs.read_seq, bobs.seen_seq) == ("moderator", 1, 1)


def test_who_is_brought_in_has_nothing_unread(room: Room, bob: User, charlie: User, as_staff: Client, say: Say) -> None:
    say(room, bob, "before")
    answer = act(as_staff, "chat/room", "invite", room, asked="yes", people=f"@charlie, {bob.pk}")
    assert "Done, for 1 of 1." in answer.content.decode()
    assert place_of(charlie, room).unread == 0


@pytest.mark.parametrize(
    ("typed", "told"),
    [("", "Name somebody first."), ("@nobody @charlie", "Nobody here is @nobody."), ("@a " * 51, "at most 50 people")],
)
def test_who_cannot_be_brought_in_is_named_beside_what_was_typed(
    room: Room, as_staff: Client, typed: str, told: str
) -> None:
    answer = act(as_staff, "chat/room", "invite", room, asked="yes", people=typed)
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert f'value="{typed}"' in answer.content.decode() or not typed


def test_an_action_asks_before_it_is_done(room: Room, bob: User, as_staff: Client) -> None:
    for model, action, row in [("room", "archive", room), ("membership", "remove", place_of(bob, room))]:
        answer = act(as_staff, f"chat/{model}", action, row)
        assert 'name="asked"' in answer.content.decode()
    room.refresh_from_db()
    assert not room.archived_at
    assert people(room) == {"alice", "bob"}


def test_members_are_removed_and_given_roles(room: Room, alice: User, bob: User, as_staff: Client) -> None:
    alices, bobs = place_of(alice, room), place_of(bob, room)
    answer = act(as_staff, "chat/membership", "make_member", alices, bobs).content.decode()
    assert "A room needs a moderator." in answer
    assert role(room, alice) == "moderator"
    act(as_staff, "chat/membership", "make_moderator", bobs)
    act(as_staff, "chat/membership", "make_member", alices)
    assert (role(room, alice), role(room, bob)) == ("member", "moderator")
    act(as_staff, "chat/membership", "remove", alices, asked="yes")
    assert people(room) == {"bob"}


def test_members_are_muted_for_a_time_with_a_reason(room: Room, bob: User, as_staff: Client) -> None:
    bobs = place_of(bob, room)
    act(as_staff, "chat/membership", "silence", bobs, asked="yes", hours="8", because="shouting")
    until = place_of(bob, room).silenced_until
    assert until
    assert timedelta(hours=7, minutes=59) < until - timezone.now() <= timedelta(hours=8)
    assert room.messages.get(event="silenced").body == "shouting"
    answer = act(as_staff, "chat/membership", "silence", bobs, asked="yes", hours="9999", because="still")
    assert answer.status_code == 400
    assert 'value="still"' in answer.content.decode()
    act(as_staff, "chat/membership", "unsilence", bobs, asked="yes")
    assert not place_of(bob, room).is_silenced


def test_a_room_is_archived_and_reopened_from_its_page_which_is_shown_again(room: Room, as_staff: Client) -> None:
    path = f"/admin/chat/room/{room.pk}/change/"
    answer = act(as_staff, "chat/room", "archive", room, asked="yes", page="yes")
    assert answer.redirect_chain == [(path, 302)]
    assert Room.objects.get(pk=room.pk).archived_at
    assert "name" not in form_of(as_staff, room), "it cannot be changed now"
    assert as_staff.post(path, {"name": "Orchard", "subject": "", "kind": "open"}).status_code == 302
    act(as_staff, "chat/room", "reopen", room, asked="yes", page="yes")
    assert Room.objects.filter(pk=room.pk, archived_at=None, name="Garden").exists()


def test_a_room_that_was_archived_meanwhile_is_not_changed_and_what_was_typed_stays(
    room: Room, alice: User, as_staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = Room.change

    def archived_first(self: Room, **wanted: Any) -> None:
        Room.objects.get(pk=self.pk).archive(by=alice)
        change(self, **wanted)

    monkeypatch.setattr(Room, "change", archived_first)
    answer = as_staff.post(f"/admin/chat/room/{room.pk}/change/", {"name": "Orchard", "subject": "", "kind": "open"})
    assert "This room is archived." in answer.content.decode()
    assert "Orchard" in answer.content.decode()
    assert Room.objects.get(pk=room.pk).name == "Garden"


def test_a_direct_conversation_is_not_there_without_the_permission_and_is_never_changed(
    direct: Room, alice: User, as_staff: Client, db: None
) -> None:
    clerk = make_person("dora", "Dora", is_staff=True)
    clerk.user_permissions.set(
        Permission.objects.filter(content_type__app_label="chat").exclude(codename="read_direct_messages")
    )
    as_clerk, mine = signed_in(clerk), place_of(alice, direct)
    for path in ("chat/room/", "chat/membership/"):
        assert f">{direct}<" not in as_clerk.get(f"/admin/{path}").content.decode()
        assert f">{direct}<" in as_staff.get(f"/admin/{path}").content.decode()
        assert "Nothing is called that." in as_clerk.get(f"/admin/chat/membership/?room={direct.pk}").content.decode()
    for path in (
        f"chat/room/{direct.pk}/change/",
        f"chat/membership/{mine.pk}/change/",
        f"chat/room/{direct.pk}/history/",
    ):
        assert (as_clerk.get(f"/admin/{path}").status_code, as_staff.get(f"/admin/{path}").status_code) == (302, 200)
    assert as_staff.post(f"/admin/chat/room/{direct.pk}/change/", {"kind": "open", "name": "x"}).status_code == 403
    assert as_staff.post(f"/admin/chat/room/{direct.pk}/delete/", {"post": "yes"}).status_code == 403
    for client in (as_staff, as_clerk):
        act(client, "chat/membership", "remove", mine, asked="yes")
        act(client, "chat/membership", "make_moderator", mine)
        act(client, "chat/room", "archive", direct, asked="yes")
    direct.refresh_from_db()
    assert (people(direct), role(direct, alice), direct.archived_at) == ({"alice", "bob"}, "member", None)


ACTIONS = {
    "chat/room": {"invite": "change_membership", "archive": "change_room", "reopen": "change_room"},
    "chat/membership": {
        "make_moderator": "change_membership",
        "make_member": "change_membership",
        "silence": "change_membership",
        "unsilence": "change_membership",
        "remove": "change_membership",
    },
}


@pytest.mark.parametrize(
    ("model", "action", "permission"),
    [(model, action, needed) for model, actions in ACTIONS.items() for action, needed in actions.items()],
)
def test_each_action_is_for_those_with_the_permission(
    room: Room, bob: User, model: str, action: str, permission: str
) -> None:
    """And none for who may only look."""
    row = room if model == "chat/room" else place_of(bob, room)
    clerk = make_person("dora", "Dora", is_staff=True)
    others = Permission.objects.filter(content_type__app_label="chat").exclude(codename=permission)
    clerk.user_permissions.set(others)
    answers = {"asked": "yes", "people": "@dora", "hours": "8"}
    assert act(signed_in(clerk), model, action, row, **answers).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename=permission))
    assert "Done, for" in act(signed_in(clerk), model, action, row, **answers).content.decode()
