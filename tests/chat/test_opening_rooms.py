"""Making a room, finding the open ones, and coming into them."""

import pytest
from django.test import Client

from accounts.models import User
from chat import channels
from chat.models import Membership, Room
from tests.chat.rooms import HX, at_once, people, refused, role, room_of
from tests.conftest import Say, Statements, make_person

NEW = {"name": "Garden", "subject": "Beds and bees", "kind": "open"}


def test_who_makes_a_room_is_in_it_and_moderates_it(as_alice: Client, alice: User, as_charlie: Client) -> None:
    assert 'name="kind" value="closed"' in as_alice.get("/rooms/new/").content.decode()
    answer = as_alice.post("/rooms/new/", NEW | {"kind": "closed"})
    room = Room.objects.get(name="Garden")
    assert answer["Location"] == f"/rooms/{room.pk}/"
    assert (room.kind, room.subject, role(room, alice)) == ("closed", "Beds and bees", "moderator")
    assert people(room) == {"alice"}
    assert as_charlie.get(f"/rooms/{room.pk}/").status_code == 404
    assert "Garden" not in as_charlie.get("/rooms/").content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "Give the room a name."),
        ({"name": "  "}, "Give the room a name."),
        ({"name": "\u2800\u200b"}, "Others could not read this."),
        ({"name": "nedraG \u202e"}, "Others could not read this."),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"subject": "x" * 251}, "at most 250 characters"),
        ({"subject": "\u2066x"}, "Others could not read this."),
        ({"kind": "direct"}, "Select a valid choice"),
        ({"name": "lOBBY"}, "There is an open room of this name already."),
        ({"name": "a\0b"}, "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_a_room_is_explained_and_kept(as_alice: Client, given: dict[str, str], said: str) -> None:
    Room.objects.lobby()
    answer = as_alice.post("/rooms/new/", NEW | given)
    page = answer.content.decode()
    assert (answer.status_code, Room.objects.count()) == (422, 1)
    assert said in page
    if "subject" not in given:
        assert 'value="Beds and bees"' in page, "what was typed is not lost"


def test_a_closed_room_may_be_called_like_another(as_alice: Client, alice: User, bob: User) -> None:
    room_of(bob, alice, "open")
    assert as_alice.post("/rooms/new/", NEW | {"name": " GARDEN", "kind": "closed"}).status_code == 302


def test_the_list_shows_open_rooms_and_nothing_of_the_others(
    alice: User, bob: User, as_bob: Client, as_charlie: Client
) -> None:
    room_of(alice, bob, "open", "Garden")
    room_of(alice, bob, "closed", "Secret garden")
    room_of(alice, bob, "open", "Old garden").archive(by=alice)
    listed = as_charlie.get("/rooms/?q=garden").content.decode()
    assert "Garden</b>" in listed
    assert "2 members" in listed
    assert "Join Garden" in listed
    for hidden in ("Secret", "Old garden"):
        assert hidden not in listed
    bobs = as_bob.get("/rooms/list/?q=bees", headers=HX).content.decode()
    assert "joined" in bobs
    assert "Join Garden" not in bobs
    assert "No room matches" in as_charlie.get("/rooms/?q=nothing").content.decode()
    Room.objects.listed().delete()
    assert "No rooms to join" in as_charlie.get("/rooms/").content.decode()


def test_the_list_is_read_in_pages_that_miss_and_double_none(
    alice: User, as_charlie: Client, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "PAGE", 3)
    rooms = [Room.objects.create(kind="open", name=name) for name in ("e", "B", "a", "same", "Same", "c", "D")]
    hidden = Room.objects.create(kind="closed", name="bb")
    seen: list[str] = []
    after: int | None = None
    while True:
        page = channels.page_for(alice, "", after)
        seen += [room.name for room in page.rooms]
        if (after := page.next) is None:
            break
    assert seen == ["a", "B", "c", "D", "e", "same", "Same"]
    assert len(rooms) == len(seen)
    first = [room.name for room in channels.page_for(alice, "", hidden.pk).rooms]
    assert first == ["a", "B", "c"], "where a closed room would stand in the list is nobody's business"
    statements.seen.clear()
    assert as_charlie.get("/rooms/list/?after=x", headers=HX).status_code == 400
    assert as_charlie.get("/rooms/list/?after=999999&q=%00", headers=HX).status_code == 200


def test_a_stranger_sees_what_an_open_room_is_about_and_comes_in(
    alice: User, bob: User, as_charlie: Client, charlie: User, say: Say
) -> None:
    room = room_of(alice, bob, "open")
    say(room, alice, "a word among members")
    page = as_charlie.get(f"/rooms/{room.pk}/").content.decode()
    for shown in ("Garden", "Beds and bees", "2 members", "Join the room"):
        assert shown in page
    assert "a word among members" not in page
    assert as_charlie.get(f"/rooms/{room.pk}/messages/").status_code == 404
    assert as_charlie.get(f"/rooms/{room.pk}/roster/").status_code == 404
    assert as_charlie.post(f"/rooms/{room.pk}/messages/", {"body": "x"}).status_code == 404
    answer = as_charlie.post(f"/rooms/{room.pk}/membership/")
    assert answer["Location"] == f"/rooms/{room.pk}/"
    assert "a word among members" in as_charlie.get(f"/rooms/{room.pk}/").content.decode()
    membership = room.memberships.select_related("room").get(user=charlie)
    assert (membership.role, membership.unread) == ("member", 0)


def test_nobody_comes_into_a_closed_or_direct_room_by_its_number(
    alice: User, bob: User, direct: Room, as_charlie: Client, charlie: User
) -> None:
    for room in (room_of(alice, bob, "closed"), direct):
        for path in ("", "preview/", "membership/", "settings/", "people/", "invitations/", "leaving/", "archive/"):
            for send in (as_charlie.get, as_charlie.post):
                answer = send(f"/rooms/{room.pk}/{path}", follow=True)
                assert answer.status_code in {404, 405}, (room, path)
        assert as_charlie.post(f"/rooms/{room.pk}/people/{bob.pk}/removal/").status_code == 404
        assert as_charlie.post(f"/rooms/{room.pk}/people/{bob.pk}/role/", {"role": "moderator"}).status_code == 404
        assert "closed" in refused(lambda room=room: room.enter(charlie))  # type: ignore[misc]
        assert len(people(room)) == 2


@pytest.mark.parametrize("kind", ["closed", "direct"])
def test_a_room_of_others_answers_as_one_that_does_not_exist(
    as_charlie: Client, as_bob: Client, alice: User, bob: User, direct: Room, kind: str
) -> None:
    number = direct.pk if kind == "direct" else room_of(alice, bob).pk
    for method in ("get", "post"):
        assert getattr(as_charlie, method)(f"/rooms/{number}/membership/").status_code == 404
        assert getattr(as_charlie, method)(f"/rooms/{number + 99}/membership/").status_code == 404
        assert getattr(as_bob, method)(f"/rooms/{number}/membership/").status_code == 302


def test_an_archived_open_room_says_so_and_lets_nobody_in(
    alice: User, bob: User, as_charlie: Client, charlie: User
) -> None:
    room = room_of(alice, bob, "open")
    room.archive(by=alice)
    assert "This room is archived" in as_charlie.get(f"/rooms/{room.pk}/").content.decode()
    assert "This room is archived" in as_charlie.post(f"/rooms/{room.pk}/membership/").content.decode()
    assert role(room, charlie) is None


def test_who_comes_into_an_empty_room_moderates_it_but_for_the_lobby(alice: User, bob: User, charlie: User) -> None:
    room = Room.objects.create(kind="open", name="Empty")
    assert room.enter(alice).role == "moderator"
    assert room.enter(bob).role == "member"
    assert Room.objects.lobby().enter(charlie).role == "member"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_at_once_one_moderates_and_one_person_comes_once(alice: User, bob: User) -> None:
    room = Room.objects.create(kind="open", name="Empty")
    at_once(*(lambda who=who: room.enter(who) for who in (alice, bob, alice, bob)))
    assert sorted(room.memberships.values_list("role", flat=True)) == ["member", "moderator"]


@pytest.mark.django_db(transaction=True)
def test_who_joins_while_the_room_closes_is_in_or_out_and_never_half(alice: User, bob: User, charlie: User) -> None:
    room = room_of(alice, bob, "open")
    came, _ = at_once(
        lambda: room.enter(charlie),
        lambda: Room.objects.get(pk=room.pk).change(by=alice, name="x", subject="", kind="closed"),
    )
    assert isinstance(came, Membership) is (role(room, charlie) == "member")


def test_the_lobby_can_be_left_and_joined_again(as_alice: Client, alice: User) -> None:
    lobby = Room.objects.lobby()
    lobby.join(alice)
    assert as_alice.post(f"/rooms/{lobby.pk}/leaving/")["Location"] == "/"
    assert people(lobby) == set()
    as_alice.post(f"/rooms/{lobby.pk}/membership/")
    assert role(lobby, alice) == "member"


def test_a_page_of_many_rooms_takes_the_same_statements(as_alice: Client, alice: User, statements: Statements) -> None:
    counts = []
    for upto in (2, 20):
        for i in range(Room.objects.count(), upto):
            Room.objects.open_by(make_person(f"p{i}x", f"P {i}"), kind="open", name=f"Room {i}")
        statements.seen.clear()
        as_alice.get("/rooms/list/", headers=HX)
        counts.append(len(statements.seen))
    assert counts[0] == counts[1] <= 4, statements.seen
