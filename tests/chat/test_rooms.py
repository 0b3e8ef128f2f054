"""Rooms, their pairs and their members."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from chat.models import Membership, Room
from tests.conftest import Say, Statements


def test_a_pair_has_one_conversation_whoever_asks(alice: User, bob: User) -> None:
    assert Room.objects.direct(alice, bob) == Room.objects.direct(bob, alice)
    assert Room.objects.filter(kind=Room.Kind.DIRECT).count() == 1
    assert Membership.objects.count() == 2


def test_a_direct_room_is_named_after_the_other_person(direct: Room, alice: User, bob: User) -> None:
    assert direct.title_for(alice) == "Bob Okafor"
    assert direct.title_for(bob) == "Alice Moreau"


def test_there_is_one_lobby(db: None) -> None:
    assert Room.objects.lobby() == Room.objects.lobby()
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.create(kind=Room.Kind.OPEN, name="Another", is_lobby=True)


def test_what_was_said_before_somebody_joins_is_not_unread(alice: User, bob: User, say: Say) -> None:
    lobby = Room.objects.lobby()
    lobby.join(alice)
    say(lobby, alice)
    lobby.refresh_from_db()
    assert lobby.join(bob).unread == 0


def test_joining_twice_is_joining_once(alice: User) -> None:
    lobby = Room.objects.lobby()
    assert lobby.join(alice) == lobby.join(alice)


def test_only_members_see_a_room(direct: Room, alice: User, charlie: User) -> None:
    assert direct in Room.objects.visible_to(alice)
    assert direct not in Room.objects.visible_to(charlie)


@pytest.mark.parametrize("kind", ["open", "closed"])
def test_a_room_needs_a_name(db: None, kind: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.create(kind=kind, name="")


def test_a_direct_room_needs_its_pair_in_order(alice: User, bob: User) -> None:
    low, high = sorted([alice, bob], key=lambda user: user.pk)
    for pair in (
        {},
        {"direct_low": high, "direct_high": low},
        {"direct_low": low, "direct_high": low},
        {"direct_low": low},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Room.objects.create(kind=Room.Kind.DIRECT, **pair)


def test_an_unknown_kind_or_role_is_refused(direct: Room, alice: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.create(kind="secret", name="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        direct.memberships.update(role="king")


def test_one_reads_everything_in_one_statement_and_nobody_else_does(
    direct: Room, alice: User, bob: User, as_alice: Client, say: Say, statements: Statements
) -> None:
    lobby = Room.objects.lobby()
    for person in (alice, bob):
        lobby.join(person)
    for room in (direct, lobby):
        say(room, bob)
    statements.seen.clear()
    assert as_alice.post("/conversations/read/", headers={"HX-Request": "true"}).status_code == 204
    assert len(statements.writes) == 1
    unread = {(m.user, m.room): m.unread for m in Membership.objects.select_related("room")}
    assert unread == {(alice, direct): 0, (alice, lobby): 0, (bob, direct): 0, (bob, lobby): 0}
    say(direct, alice)
    assert as_alice.post("/conversations/read/").url == "/"  # type: ignore[attr-defined]
    assert direct.memberships.get(user=bob).read_seq == 1, "what Bob has not read stays so"
