"""Alice blocks Bob: what each of them may still do, and what Charlie sees of it, which is nothing."""

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import AuditEntry, Block, CannotBlock, User, block
from chat.models import Room
from chat.models.refusals import Unwelcome
from tests.conftest import Say, Statements, signed_in

HX = {"HX-Request": "true"}
REFUSED = "You cannot write to this person."


@pytest.fixture
def lobby(alice: User, bob: User, charlie: User) -> Room:
    room = Room.objects.lobby()
    for person in (alice, bob, charlie):
        room.join(person)
    return room


@pytest.fixture
def blocked(alice: User, bob: User, direct: Room) -> Room:
    """Their conversation, after Alice blocked Bob."""
    for author in (alice, bob):
        direct.post(author=author, client_id=uuid.uuid4(), body=f"from {author.handle}")
    alice.block(bob)
    return direct


def send(client: Client, room: Room, body: str = "psst") -> tuple[int, str]:
    form = {"client_id": str(uuid.uuid4()), "body": body}
    answer = client.post(f"/rooms/{room.pk}/messages/", form, headers=HX)
    return answer.status_code, answer.content.decode()


# The verbs


def test_one_row_however_often_and_none_when_it_is_lifted(alice: User, bob: User) -> None:
    assert [alice.block(bob), alice.block(bob)] == [True, False]
    assert Block.objects.count() == 1
    assert not bob.unblock(alice), "only who made it takes it back"
    assert [alice.unblock(bob), alice.unblock(bob)] == [True, False]
    assert not Block.objects.exists()


def test_nobody_blocks_themselves_an_erased_account_or_more_than_there_may_be(
    alice: User, bob: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CannotBlock, match="yourself"):
        alice.block(alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.create(by=alice, person=alice)
    monkeypatch.setattr(block, "MOST", 1)
    alice.block(bob)
    with pytest.raises(CannotBlock, match="1 person"):
        alice.block(charlie)
    charlie.erase()
    monkeypatch.setattr(block, "MOST", 9)
    with pytest.raises(CannotBlock, match="deleted"):
        alice.block(charlie)


@contextmanager
def under_way(verb: Callable[[], object]) -> Iterator[None]:
    """The verb is done, and not committed yet, for a moment."""
    began = threading.Event()

    def slowly() -> None:
        try:
            with transaction.atomic():
                verb()
                began.set()
                time.sleep(0.4)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(slowly)
        assert began.wait(5)
        yield
        first.result()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_waits_for_the_first(
    alice: User, bob: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block, "MOST", 1)
    with under_way(lambda: alice.block(bob)):
        assert not alice.block(bob)
    alice.unblock(bob)
    with under_way(lambda: alice.block(bob)), pytest.raises(CannotBlock):
        alice.block(charlie)
    with under_way(bob.erase), pytest.raises(CannotBlock):
        charlie.block(bob)
    assert not Block.objects.exists()


def test_who_is_erased_is_blocked_by_nobody_and_blocks_nobody(alice: User, bob: User, charlie: User) -> None:
    alice.block(bob)
    bob.block(charlie)
    charlie.block(alice)
    bob.erase()
    assert list(Block.objects.values_list("by", "person")) == [(charlie.pk, alice.pk)]


def test_it_is_noted_nowhere(alice: User, bob: User) -> None:
    alice.block(bob)
    alice.unblock(bob)
    assert not AuditEntry.objects.exists()


# The conversation of the two


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_neither_writes_edits_or_restores_there_and_both_read_and_delete(
    blocked: Room, alice: User, bob: User, who: str
) -> None:
    author = {"alice": alice, "bob": bob}[who]
    client = signed_in(author)
    assert send(client, blocked) == (403, REFUSED)
    said = blocked.messages.get(author=author)
    place = f"/rooms/{blocked.pk}/messages/{said.seq}"
    answer = client.post(f"{place}/text/", {"body": "instead"}, headers=HX)
    assert (answer.status_code, answer.content.decode()) == (403, REFUSED)
    assert client.post(f"{place}/deletion/", headers=HX).status_code == 200
    answer = client.post(f"{place}/deletion/undo/", headers=HX)
    assert (answer.status_code, answer.content.decode()) == (403, REFUSED)
    said.refresh_from_db()
    assert (said.body, bool(said.deleted_at)) == (f"from {who}", True)
    assert "from" in client.get(f"/rooms/{blocked.pk}/").content.decode()
    blocked.refresh_from_db()
    assert (blocked.last_seq, blocked.version) == (2, 3), "what is refused takes no number"


def test_a_letter_that_had_arrived_is_still_the_same_one(direct: Room, alice: User, bob: User, say: Say) -> None:
    said = say(direct, bob)
    alice.block(bob)
    assert say(direct, bob, client_id=said.client_id) == said


def test_the_page_says_to_each_what_is_theirs(blocked: Room, as_alice: Client, as_bob: Client, alice: User) -> None:
    def heading(client: Client) -> set[str]:
        html = client.get(f"/rooms/{blocked.pk}/header/").content.decode()
        return set(re.findall(r"data-(apart|blocked)", html))

    assert heading(as_alice) == {"apart", "blocked"}
    assert heading(as_bob) == {"apart"}
    alice.unblock(blocked.other_than(alice))  # type: ignore[arg-type]
    assert heading(as_alice) == heading(as_bob) == set()
    assert send(as_bob, blocked)[0] == send(as_alice, blocked)[0] == 201


def test_a_new_conversation_is_refused_to_both_with_one_text(
    alice: User, bob: User, as_alice: Client, as_bob: Client
) -> None:
    alice.block(bob)
    for client, other in ((as_bob, alice), (as_alice, bob)):
        answer = client.post(f"/people/{other.handle}/conversation/")
        assert answer.status_code == 403
        assert REFUSED in answer.content.decode()
    assert not Room.objects.exists()
    with pytest.raises(Unwelcome):
        Room.objects.direct(bob, alice)
    alice.unblock(bob)
    assert as_bob.post("/people/alice/conversation/").status_code == 302


def test_an_old_one_is_opened_to_read(blocked: Room, as_bob: Client) -> None:
    assert as_bob.post("/people/alice/conversation/")["Location"] == f"/rooms/{blocked.pk}/"


def test_a_send_takes_no_more_statements(
    lobby: Room, direct: Room, charlie: User, alice: User, as_bob: Client, statements: Statements
) -> None:
    counts = []
    for room in (lobby, direct):
        send(as_bob, room)
        statements.seen.clear()
        send(as_bob, room)
        counts.append(len(statements.seen))
        assert any("accounts_block" in sql for sql in statements.seen) is (room == direct)
    assert counts[0] == counts[1]


# Rooms


def test_in_rooms_both_write_and_messages_are_the_same_for_everyone(
    blocked: Room, lobby: Room, as_alice: Client, as_bob: Client, as_charlie: Client
) -> None:
    assert send(as_bob, lobby, "to all")[0] == send(as_alice, lobby, "to all")[0] == 201
    messages = {client.get(f"/rooms/{lobby.pk}/messages/").content for client in (as_alice, as_bob, as_charlie)}
    assert len(messages) == 1


def test_only_their_own_page_says_whom_somebody_blocked(
    blocked: Room, lobby: Room, bob: User, as_alice: Client, as_bob: Client, as_charlie: Client
) -> None:
    found = [
        re.findall(r'<blocked-people data-people="([\d,]*)"', client.get(f"/rooms/{lobby.pk}/").content.decode())
        for client in (as_alice, as_bob, as_charlie)
    ]
    assert found == [[str(bob.pk)], [""], [""]]


def test_what_they_say_notifies_nobody_who_blocked_them(
    blocked: Room, lobby: Room, bob: User, charlie: User, as_alice: Client, as_charlie: Client, say: Say
) -> None:
    def told(client: Client) -> list[str]:
        notices = client.get(f"/notifications/?rooms={lobby.pk}").json()["notifications"]
        return [notice["body"] for notice in notices]

    say(lobby, bob, "from Bob")
    assert (told(as_alice), told(as_charlie)) == ([], ["from Bob"])
    say(lobby, charlie, "from Charlie")
    say(lobby, bob, "Bob again")
    assert told(as_alice) == ["from Charlie"]
    assert 'data-unread="3"' in as_alice.get("/conversations/").content.decode(), "they count as unread"


def test_they_bring_who_blocked_them_into_no_room_and_are_not_told(
    alice: User, bob: User, charlie: User, as_bob: Client
) -> None:
    alice.block(bob)
    for kind in ("closed", "open"):
        room = Room.objects.open_by(bob, kind=kind, name=f"A {kind} one")
        answer = as_bob.post(f"/rooms/{room.pk}/invitations/", {"people": [alice.pk, charlie.pk]})
        assert answer["Location"] == f"/rooms/{room.pk}/"
        assert set(room.memberships.values_list("user", flat=True)) == {bob.pk, charlie.pk}


# Finding them, and the pages


def marked(client: Client, path: str, person: User) -> bool:
    html = client.get(path, headers=HX).content.decode()
    assert person.name in html, path
    return "· blocked" in html


@pytest.mark.parametrize("path", ["/people/list/?q={}", "/find/?q={}"])
def test_both_find_each_other_and_one_sees_a_mark(
    alice: User, bob: User, as_alice: Client, as_bob: Client, as_charlie: Client, path: str
) -> None:
    alice.block(bob)
    assert marked(as_alice, path.format("bob"), bob)
    assert not marked(as_bob, path.format("alice"), alice)
    assert not marked(as_charlie, path.format("bob"), bob)
    assert not marked(as_charlie, path.format("alice"), alice)


def test_the_cards_of_the_others_are_what_they_were(
    alice: User, bob: User, as_bob: Client, as_charlie: Client, as_alice: Client
) -> None:
    def cards() -> list[str]:
        asked = [(as_bob, alice), (as_charlie, alice), (as_charlie, bob)]
        pages = [client.get(f"/people/{person.pk}/card/", headers=HX).content.decode() for client, person in asked]
        return [re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page) for page in pages]

    before = cards()
    alice.block(bob)
    assert cards() == before, "to the byte, with the versions of what they are made from"
    assert "Unblock" in as_alice.get(f"/people/{bob.pk}/card/").content.decode()


def test_one_is_asked_first_led_back_to_the_room_and_offered_to_undo_it(
    lobby: Room, bob: User, as_alice: Client
) -> None:
    asked = as_alice.get(f"/people/{bob.pk}/block/", headers={"Referer": f"http://testserver/rooms/{lobby.pk}/"})
    assert f'name="room" value="{lobby.pk}"' in asked.content.decode()
    assert not Block.objects.exists()
    done = as_alice.post(f"/people/{bob.pk}/block/", {"room": lobby.pk}, follow=True)
    assert done.redirect_chain == [(f"/rooms/{lobby.pk}/?blocked={bob.pk}", 302)]
    assert "You blocked Bob Okafor." in done.content.decode()
    as_alice.post(f"/people/{bob.pk}/unblock/")
    assert not Block.objects.exists()
    again = as_alice.get(f"/rooms/{lobby.pk}/?blocked={bob.pk}").content.decode()
    assert "You blocked" not in again, "an old address claims nothing"


@pytest.mark.parametrize("room", ["", "x", "999999", "-1", "٣", "9" * 40])
def test_a_room_that_is_none_leads_to_the_person(bob: User, as_alice: Client, room: str) -> None:
    answer = as_alice.post(f"/people/{bob.pk}/block/", {"room": room})
    assert answer["Location"] == f"/people/{bob.pk}/?blocked={bob.pk}"


def test_too_many_is_said_on_the_page(
    bob: User, as_alice: Client, monkeypatch: pytest.MonkeyPatch, statements: Statements
) -> None:
    monkeypatch.setattr(block, "MOST", 0)
    answer = as_alice.post(f"/people/{bob.pk}/block/", {"room": "7"})
    assert answer.status_code == 403
    assert "You can block 0 people." in answer.content.decode()
    assert not statements.writes


@pytest.mark.parametrize("which", ["oneself", "nobody", "erased"])
def test_there_are_no_such_pages(alice: User, charlie: User, as_alice: Client, which: str) -> None:
    charlie.erase()
    pk = {"oneself": alice.pk, "nobody": 999999, "erased": charlie.pk}[which]
    for path in (f"/people/{pk}/block/", f"/people/{pk}/unblock/"):
        assert as_alice.get(path).status_code == as_alice.post(path).status_code == 404
    assert not Block.objects.exists()


def test_the_list_is_ones_own_and_unblocks(
    alice: User, bob: User, charlie: User, as_alice: Client, as_bob: Client, as_charlie: Client
) -> None:
    alice.block(bob)
    charlie.block(alice)
    pages = [client.get("/accounts/blocked/").content.decode() for client in (as_alice, as_bob, as_charlie)]
    names = ("Alice Moreau", "Bob Okafor", "Charlie Lindqvist")
    assert [[name for name in names if f">{name}</b>" in page] for page in pages] == [
        ["Bob Okafor"],
        [],
        ["Alice Moreau"],
    ]
    answer = as_alice.post(f"/people/{bob.pk}/unblock/", {"list": "1"})
    assert answer["Location"] == "/accounts/blocked/"
    assert list(Block.objects.values_list("by", flat=True)) == [charlie.pk]


def test_staff_who_delete_an_account_are_not_told_of_its_blocks(alice: User, bob: User) -> None:
    alice.block(bob)
    root = User.objects.create_superuser("root@example.com", "root", "wonderland-9")
    page = signed_in(root).get(f"/admin/accounts/user/{bob.pk}/delete/").content.decode()
    assert "Bob Okafor" in page
    assert "block" not in page.lower().replace("blockquote", "")
