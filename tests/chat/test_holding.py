"""Words and domains that hold a message back: what meets them, what becomes of it, and who sees it meanwhile."""

import uuid

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import AuditEntry, User
from chat.holding import found_in
from chat.models import HeldMessage, HoldRule, Message, Room
from tests.chat.own import HX
from tests.chat.rooms import at_once, refused, room_of
from tests.conftest import Say, Statements, make_person, signed_in

WORD, LINK = HoldRule.Kind.WORD, HoldRule.Kind.LINK


def rule(text: str, kind: str = WORD, *, is_on: bool = True) -> HoldRule:
    made = HoldRule(kind=kind, text=text, is_on=is_on)
    made.full_clean()
    made.save()
    return made


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    """Alice moderates, Bob is a member."""
    return room_of(alice, bob)


@pytest.fixture
def dora(db: None) -> User:
    """Staff, who may decide."""
    person = make_person("dora", "Dora", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=["view_heldmessage", "change_heldmessage"]))
    return person


def send(client: Client, room: Room, body: str, client_id: uuid.UUID | None = None) -> int:
    form = {"body": body, "client_id": str(client_id or uuid.uuid4())}
    return int(client.post(f"/rooms/{room.pk}/messages/", form, headers=HX).status_code)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "kind", "said", "met"),
    [
        ("Casino", WORD, "the best CASINO, today", True),
        ("casino", WORD, "the best саsinо", True),  # with Cyrillic letters that look alike … c, a, o
        ("casino", WORD, "occasinonal", False),
        ("buy now", WORD, "Buy\n  **now**!", True),
        ("buy now", WORD, "buy it now", False),
        ("zażółć", WORD, "ZAZOLC gesla", True),
        ("(a+)+$", WORD, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", False),
        ("Evil.example", LINK, "look: https://evil.example/x", True),
        ("https://evil.example/path", LINK, "look: http://www.EVIL.example:8080", True),
        ("evil.example", LINK, "`https://evil.example`", True),
        ("evil.example", LINK, "https://notevil.example and https://evil.example.org", False),
        ("bücher.example", LINK, "https://xn--bcher-kva.example/", True),
        ("evil.example", LINK, "evil", False),
    ],
)
def test_what_meets_a_rule(text: str, kind: str, said: str, met: bool) -> None:  # noqa: FBT001
    made = rule(text, kind)
    assert bool(found_in(said)) is met
    made.is_on = False
    made.save()
    assert not found_in(said)


@pytest.mark.parametrize(
    ("text", "kind"), [("!?", WORD), ("  ", WORD), ("no domain", LINK), ("localhost", LINK), ("http://", LINK)]
)
def test_a_rule_that_could_meet_nothing_is_refused_in_words(text: str, kind: str, db: None) -> None:
    with pytest.raises(ValidationError):
        rule(text, kind)


def test_without_a_rule_a_send_asks_nothing_more(room: Room, as_bob: Client, statements: Statements) -> None:
    send(as_bob, room, "first")
    statements.seen.clear()
    assert send(as_bob, room, "second") == 201
    assert not [sql for sql in statements.seen if "hold" in sql or "held" in sql]


def test_it_is_held_once_and_its_author_alone_sees_it(room: Room, as_alice: Client, as_bob: Client) -> None:
    rule("casino")
    client_id = uuid.uuid4()
    assert [send(as_bob, room, "a casino", client_id) for _ in range(2)] == [202, 202]
    assert not room.messages.exists()
    held = HeldMessage.objects.get()
    assert (held.found, held.state) == ("casino", "waiting")
    page = as_bob.get(f"/rooms/{room.pk}/").content.decode()
    assert "a casino" in page and "A moderator looks at it first." in page  # noqa: PT018
    assert "a casino" not in as_alice.get(f"/rooms/{room.pk}/").content.decode()


def test_what_was_said_before_the_rule_came_is_not_held_when_it_is_sent_again(room: Room, as_bob: Client) -> None:
    client_id = uuid.uuid4()
    assert send(as_bob, room, "a casino", client_id) == 201
    rule("casino")
    assert send(as_bob, room, "a casino", client_id) == 201
    assert not HeldMessage.objects.exists()


def test_two_people_are_held_from_nothing(direct: Room, as_bob: Client) -> None:
    rule("casino")
    assert send(as_bob, direct, "a casino") == 201


def test_who_is_not_in_the_room_is_told_nothing_of_a_rule(room: Room, as_charlie: Client) -> None:
    rule("casino")
    assert send(as_charlie, room, "a casino") == 404
    assert not HeldMessage.objects.exists()


def test_an_edit_cannot_bring_it_in(room: Room, bob: User, as_bob: Client, say: Say) -> None:
    said = say(room, bob, "harmless")
    rule("casino")
    answer = as_bob.post(f"/rooms/{room.pk}/messages/{said.seq}/text/", {"body": "a casino"}, headers=HX)
    assert (answer.status_code, answer.content.decode()) == (
        403,
        "A moderator has to look at this first. Please send it as a new message.",
    )
    said.refresh_from_db()
    assert said.body == "harmless"


def test_let_through_it_is_said_by_its_author_with_its_client_id(
    room: Room, bob: User, dora: User, as_bob: Client
) -> None:
    rule("casino")
    client_id = uuid.uuid4()
    send(as_bob, room, "a casino", client_id)
    said = HeldMessage.objects.get().release(by=dora)
    assert (said.author, said.client_id, said.body, said.seq) == (bob, client_id, "a casino", 1)
    assert "data-state" not in as_bob.get(f"/rooms/{room.pk}/held/").content.decode()
    assert send(as_bob, room, "a casino", client_id) == 201, "and sending it again is that message"
    assert list(AuditEntry.objects.values_list("what", "by", "person")) == [("released a message", dora.pk, bob.pk)]


def test_refused_it_is_shown_with_the_reason_until_it_is_put_away(room: Room, dora: User, as_bob: Client) -> None:
    rule("casino")
    send(as_bob, room, "a casino")
    held = HeldMessage.objects.get()
    held.refuse(by=dora, because="advertising")
    page = as_bob.get(f"/rooms/{room.pk}/held/").content.decode()
    assert "advertising" in page and "a casino" in page  # noqa: PT018
    as_bob.post(f"/rooms/{room.pk}/held/{held.pk}/away/", headers=HX)
    assert "a casino" not in as_bob.get(f"/rooms/{room.pk}/held/").content.decode()
    assert not Message.objects.exists()


def test_who_takes_it_back_leaves_nothing_to_decide(room: Room, dora: User, as_bob: Client, as_alice: Client) -> None:
    rule("casino")
    send(as_bob, room, "a casino")
    held = HeldMessage.objects.get()
    assert as_alice.post(f"/rooms/{room.pk}/held/{held.pk}/away/", headers=HX).status_code == 404
    as_bob.post(f"/rooms/{room.pk}/held/{held.pk}/away/", headers=HX)
    assert refused(lambda: held.release(by=dora)) == "Its author took it back."


def test_a_moderator_of_the_room_does_not_decide(room: Room, alice: User, as_bob: Client) -> None:
    rule("casino")
    send(as_bob, room, "a casino")
    assert refused(lambda: HeldMessage.objects.get().release(by=alice))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told(room: Room, dora: User, as_bob: Client) -> None:
    rule("casino")
    send(as_bob, room, "a casino")
    one, other = HeldMessage.objects.get(), HeldMessage.objects.get()
    results = at_once(lambda: one.release(by=dora), lambda: other.refuse(by=dora))
    assert sum(str(result) == "Somebody decided about it already." for result in results) == 1
    assert Message.objects.count() == (HeldMessage.objects.get().state == "released")


def test_in_the_admin_many_are_decided_and_what_cannot_be_is_named(
    room: Room, bob: User, dora: User, as_bob: Client
) -> None:
    rule("casino")
    lobby = Room.objects.lobby()
    lobby.join(bob)
    for where in (room, lobby):
        send(as_bob, where, "a casino")
    room.leave(bob)
    form = {"action": "release", "_selected_action": list(HeldMessage.objects.values_list("pk", flat=True))}
    page = signed_in(dora).post("/admin/chat/heldmessage/", form, follow=True).content.decode()
    assert "its author is no longer in the room." in page
    assert "1 decided." in page
    assert Message.objects.get().room == lobby


def test_who_may_only_look_gets_403(room: Room, as_bob: Client) -> None:
    rule("casino")
    send(as_bob, room, "a casino")
    eve = make_person("eve", "Eve", is_staff=True)
    eve.user_permissions.add(Permission.objects.get(codename="view_heldmessage"))
    client = signed_in(eve)
    assert "a casino" in client.get("/admin/chat/heldmessage/").content.decode()
    form = {"action": "release", "_selected_action": [HeldMessage.objects.get().pk]}
    client.post("/admin/chat/heldmessage/", form)
    assert not Message.objects.exists()
