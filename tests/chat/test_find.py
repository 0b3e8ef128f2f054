"""The quick finder: one's own conversations, and the people whom one may find; nothing of anybody else's."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.finding import SHOWN
from chat.models import Message, Room
from tests.conftest import Say, Statements, make_person

HX = {"HX-Request": "true"}


def found(client: Client, query: str) -> list[str]:
    """What is offered, in order."""
    answer = client.get("/find/", {"q": query}, headers=HX)
    assert answer.status_code == 200
    return re.findall(r'<b dir="auto">([^<]*)</b>', answer.content.decode())


def room(name: str, *members: User, ago: int = 0, kind: str = "closed") -> Room:
    made: Room = Room.objects.create(kind=kind, name=name, last_at=timezone.now() - timedelta(hours=ago))
    for member in members:
        made.join(member)
    return made


def test_without_a_query_it_offers_the_most_recent_conversations(as_alice: Client, direct: Room, alice: User) -> None:
    for ago in range(1, SHOWN + 3):
        room(f"Room {ago}", alice, ago=ago)
    assert found(as_alice, "  ") == ["Bob Okafor", *(f"Room {ago}" for ago in range(1, SHOWN))]


def test_conversations_come_before_people_and_nobody_comes_twice(as_alice: Client, direct: Room, alice: User) -> None:
    room("Bobsleigh", alice, ago=2)
    room("Café Boba", alice, ago=1)
    room("Kebobs", alice)
    make_person("bobby", "Robert")
    make_person("zoe", "Zoë Bób")
    assert found(as_alice, "bob") == ["Bob Okafor", "Café Boba", "Bobsleigh", "Kebobs", "Robert", "Zoë Bób"]
    assert found(as_alice, "cafe bob") == ["Café Boba"]
    assert found(as_alice, "@bob") == ["Bob Okafor", "Robert"], "rooms have no handle"


def test_what_is_offered_leads_there(as_alice: Client, direct: Room, charlie: User) -> None:
    html = as_alice.get("/find/?q=o", headers=HX).content.decode()
    assert f'href="/rooms/{direct.pk}/"' in html
    html = as_alice.get("/find/?q=charlie", headers=HX).content.decode()
    assert 'formaction="/people/charlie/conversation/"' in html
    assert f'id="found-person-{charlie.pk}"' in html


def test_nothing_of_anybody_elses_rooms_is_found(as_charlie: Client, direct: Room, alice: User, bob: User) -> None:
    room("Secret plans", alice, bob)
    room("Open house", alice, bob, kind="open")
    assert found(as_charlie, "") == []
    assert found(as_charlie, "secret") == []
    assert found(as_charlie, "house") == []
    html = as_charlie.get("/find/?q=bob", headers=HX).content.decode()
    assert "/rooms/" not in html
    assert "/people/bob/conversation/" in html


def test_who_left_and_oneself_are_not_found(as_alice: Client, alice: User, bob: User, charlie: User) -> None:
    bob.deactivate()
    assert found(as_alice, "bob") == []
    assert found(as_alice, "alice") == []
    Room.objects.direct(alice, charlie)
    charlie.erase()
    assert found(as_alice, "charlie") == []
    assert found(as_alice, "moreau") == [], "a conversation is not found by one's own name"


def test_it_says_that_no_one_is_called_so(as_alice: Client, bob: User) -> None:
    html = as_alice.get("/find/", {"q": "<x>"}, headers=HX).content.decode()
    assert "No one is called “&lt;x&gt;”." in html


def test_unread_is_shown_and_quiet_where_it_is_muted(
    as_alice: Client, direct: Room, alice: User, bob: User, say: Say
) -> None:
    say(direct, bob)
    assert '<span class="unread">' in as_alice.get("/find/", headers=HX).content.decode()
    direct.memberships.get(user=alice).notify_of("nothing")
    assert '<span class="unread" data-muted>' in as_alice.get("/find/", headers=HX).content.decode()


@pytest.mark.parametrize(
    "query", ["%", "_", "\\", "'", "\0", "\ud800", "x" * 10000, "a " * 5000, "()", "@", "💥", "\u202e"]
)
def test_whatever_is_typed_is_answered(as_alice: Client, direct: Room, query: str) -> None:
    text = query.encode("utf-8", "surrogatepass").decode("latin-1")
    for each in (query, text):
        try:
            answer = as_alice.get("/find/", {"q": each}, headers=HX)
        except UnicodeEncodeError:
            continue
        assert answer.status_code == 200


def test_a_wildcard_is_a_letter(as_alice: Client, direct: Room, alice: User) -> None:
    room("100% wool", alice)
    assert found(as_alice, "100%") == ["100% wool"]
    assert found(as_alice, "o%bb") == []


def test_as_a_page_it_is_the_list_of_people(as_alice: Client) -> None:
    assert as_alice.get("/find/?q=a+b").url == "/people/?q=a+b"  # type: ignore[attr-defined]
    assert as_alice.get("/find/").url == "/people/"  # type: ignore[attr-defined]
    assert as_alice.post("/find/").status_code == 405


def test_it_takes_the_same_statements_with_three_and_with_sixty_of_each(
    as_alice: Client, alice: User, statements: Statements
) -> None:
    counts = []
    for upto in (3, 60):
        for i in range(User.objects.count(), upto):
            person = make_person(f"person{i}", f"Person {i}")
            Room.objects.direct(alice, person) if i % 2 else room(f"Perso {i}", alice)
        statements.seen.clear()
        assert found(as_alice, "perso")
        counts.append(len(statements.seen))
    assert counts[0] == counts[1] <= 5, statements.seen
    assert not statements.writes


def test_names_are_found_and_not_what_was_said(as_alice: Client, direct: Room, alice: User) -> None:
    Message.objects.create(room=direct, author=alice, seq=1, version=1, client_id=uuid.uuid4(), body="zzz")
    assert found(as_alice, "zzz") == []
