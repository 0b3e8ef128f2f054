"""What a page out of sight may tell its owner: what is new in rooms of theirs that are not muted, and nothing else."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from chat.marks import read_everything
from chat.models import Membership, Message, Room
from chat.notices import BEGINNING, ROOMS, in_plain
from chatpoc.live import versions
from tests.conftest import Say, Statements

HX = {"HX-Request": "true"}


def news(client: Client, *rooms: Room) -> list[dict[str, Any]]:
    answer = client.get("/notifications/", {"rooms": ",".join(str(room.pk) for room in rooms)}, headers=HX)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["notifications"]
    return found


@pytest.fixture
def lobby(alice: User, bob: User, charlie: User) -> Room:
    """The room of all three."""
    room = Room.objects.lobby()
    for person in (alice, bob, charlie):
        room.join(person)
    return room


def test_the_newest_unread_message_of_each_room_is_told(
    as_alice: Client, direct: Room, lobby: Room, bob: User, charlie: User, say: Say
) -> None:
    say(direct, bob, "first")
    say(direct, bob, "**second** thing")
    say(lobby, charlie, "hello all")
    told = {item.pop("room"): item for item in news(as_alice, direct, lobby)}
    assert told == {
        direct.pk: {"title": "Bob Okafor", "body": "second thing", "seq": 2, "url": f"/rooms/{direct.pk}/"},
        lobby.pk: {"title": "Charlie Lindqvist in Lobby", "body": "hello all", "seq": 1, "url": f"/rooms/{lobby.pk}/"},
    }


def test_what_is_read_or_ones_own_or_muted_or_deleted_is_not_told(
    as_alice: Client, as_bob: Client, direct: Room, alice: User, bob: User, say: Say
) -> None:
    say(direct, alice)
    assert news(as_alice, direct) == []
    message = say(direct, bob, "for alice")
    assert news(as_bob, direct) == [], "one's own"
    membership = direct.memberships.get(user=alice)
    membership.notify_of(Membership.Notify.NOTHING)
    assert news(as_alice, direct) == []
    membership.notify_of(Membership.Notify.EVERYTHING)
    assert len(news(as_alice, direct)) == 1
    Message.objects.filter(pk=message.pk).update(deleted_at=message.created_at)
    assert news(as_alice, direct) == []
    say(direct, bob)
    read_everything(alice, room=direct)
    assert news(as_alice, direct) == []


def test_nothing_of_a_room_is_told_to_who_is_not_in_it(
    as_charlie: Client, as_alice: Client, client: Client, direct: Room, alice: User, bob: User, say: Say
) -> None:
    say(direct, bob, "between us")
    assert news(as_charlie, direct) == []
    assert client.get(f"/notifications/?rooms={direct.pk}", headers=HX).status_code == 401
    direct.memberships.get(user=alice).delete()
    assert news(as_alice, direct) == []


@pytest.mark.parametrize("rooms", ["x", "1,", "-1", "1e3", "9" * 30, "1;2", "٣", ",".join("1" * (ROOMS + 1))])
def test_what_are_no_rooms_is_a_bad_request(as_alice: Client, rooms: str) -> None:
    assert as_alice.get("/notifications/", {"rooms": rooms}).status_code == 400


def test_no_cache_keeps_what_was_told(as_alice: Client, direct: Room) -> None:
    assert as_alice.get(f"/notifications/?rooms={direct.pk}")["Cache-Control"] == "no-store"


def test_no_rooms_no_news(as_alice: Client) -> None:
    assert news(as_alice) == []
    assert as_alice.post("/notifications/").status_code == 405


def test_it_takes_the_same_statements_with_one_and_with_twenty_rooms(
    as_alice: Client, alice: User, bob: User, say: Say, statements: Statements
) -> None:
    counts = []
    rooms: list[Room] = []
    for upto in (1, ROOMS):
        while len(rooms) < upto:
            room = Room.objects.create(kind="closed", name=f"Room {len(rooms)}")
            for person in (alice, bob):
                room.join(person)
            rooms.append(room)
        for room in rooms:
            say(room, bob)
        statements.seen.clear()
        assert len(news(as_alice, *rooms)) == upto
        counts.append(len(statements.seen))
    assert counts[0] == counts[1] <= 4, statements.seen
    assert not statements.writes


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("**bold** and `code`", "bold and code"),
        ("one\ntwo\n\n- three\n- four", "one two three four"),
        ("> quoted\n\nanswered", "quoted answered"),
        ("```python\nprint(1 < 2)\n```", "print(1 < 2)"),
        ("<script>alert(1)</script> & co", "<script>alert(1)</script> & co"),
        ("https://example.com/?a=1&b=2", "https://example.com/?a=1&b=2"),
    ],
)
def test_a_notification_is_plain_text(body: str, text: str) -> None:
    assert in_plain(body) == text


def test_a_notification_is_only_a_beginning() -> None:
    assert len(in_plain("word " * 2000)) == BEGINNING


# What asks for attention


def test_a_room_is_muted_and_heard_again(as_alice: Client, direct: Room, alice: User, bob: User) -> None:
    path = f"/rooms/{direct.pk}/notify/"
    answer = as_alice.post(path, {"notify": "nothing"})
    assert answer.url == f"/rooms/{direct.pk}/"  # type: ignore[attr-defined]
    assert direct.memberships.get(user=alice).is_muted
    assert not direct.memberships.get(user=bob).is_muted, "each for oneself"
    assert "data-muted" in as_alice.get("/").content.decode()
    html = as_alice.post(path, {"notify": "everything"}, headers=HX).content.decode()
    assert html.startswith(f'<div id="notify-{direct.pk}"')
    assert 'value="nothing"' in html
    assert not direct.memberships.get(user=alice).is_muted
    assert "data-muted" not in as_alice.get("/").content.decode()


@pytest.mark.parametrize("kind", ["open", "closed"])
def test_every_kind_of_room_can_be_muted(as_alice: Client, alice: User, kind: str) -> None:
    room = Room.objects.create(kind=kind, name="A room")
    room.join(alice)
    assert f'action="/rooms/{room.pk}/notify/"' in as_alice.get(f"/rooms/{room.pk}/").content.decode()
    as_alice.post(f"/rooms/{room.pk}/notify/", {"notify": "nothing"})
    assert room.memberships.get(user=alice).is_muted


@pytest.mark.parametrize("what", ["", "king", "EVERYTHING", None])
def test_a_word_that_is_none_is_a_bad_request(as_alice: Client, direct: Room, what: str | None) -> None:
    data = {} if what is None else {"notify": what}
    assert as_alice.post(f"/rooms/{direct.pk}/notify/", data).status_code == 400


def test_a_stranger_mutes_nothing(as_charlie: Client, direct: Room) -> None:
    for path in (f"/rooms/{direct.pk}/notify/", f"/rooms/{direct.pk}/notify/choice/"):
        assert as_charlie.get(path, headers=HX).status_code == 404
    assert as_charlie.post(f"/rooms/{direct.pk}/notify/", {"notify": "nothing"}).status_code == 404
    assert not direct.memberships.filter(notify="nothing").exists()


def test_a_get_changes_nothing(as_alice: Client, direct: Room, alice: User) -> None:
    assert as_alice.get(f"/rooms/{direct.pk}/notify/?notify=nothing").status_code == 302
    assert not direct.memberships.get(user=alice).is_muted


@pytest.mark.django_db(transaction=True)
def test_muting_is_told_to_ones_own_pages_and_to_no_others(
    as_alice: Client, direct: Room, alice: User, bob: User
) -> None:
    own = [f"conversations:{alice.pk}", f"notify:{alice.pk}"]
    others = [f"members:{direct.pk}", f"activity:{direct.pk}", f"conversations:{bob.pk}", f"notify:{bob.pk}", "members"]
    before = versions.current([*own, *others])
    as_alice.post(f"/rooms/{direct.pk}/notify/", {"notify": "nothing"})
    after = versions.current([*own, *others])
    assert {tag for tag in before if before[tag] != after[tag]} == set(own)


def test_what_is_unread_in_a_muted_room_says_so(
    as_alice: Client, direct: Room, alice: User, bob: User, say: Say
) -> None:
    say(direct, bob)
    direct.memberships.get(user=alice).notify_of("nothing")
    html = as_alice.get("/conversations/", headers=HX).content.decode()
    assert 'data-unread="1" data-muted' in html
    assert 'aria-label="muted"' in html
