"""Messages in the admin: who sees which, how they are found, and what a moderator does to them."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from chat.admin import looking
from chat.admin.messages import MessageAdmin
from chat.models import Message, Room
from tests.chat.rooms import room_of
from tests.chat.test_admin_rooms import act
from tests.conftest import Say, make_person, signed_in

pytestmark = pytest.mark.once

LIST = "/admin/chat/message/"


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    """Alice moderates, Bob is a member."""
    return room_of(alice, bob)


def staff(*permissions: str) -> User:
    person = make_person("dora", "Dora", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return person


@pytest.fixture
def as_moderator(db: None) -> Client:
    return signed_in(staff("view_message", "delete_message", "view_room"))


@pytest.fixture
def as_root(db: None) -> Client:
    return signed_in(User.objects.create_superuser("root@example.com", "root", name="Root"))


def found(client: Client, **asked: Any) -> list[int]:
    """The numbers of the messages in the list, as they stand there."""
    return [message.pk for message in client.get(LIST, asked).context["cl"].result_list]


def read(client: Client, message: Message) -> str:
    return client.get(f"{LIST}{message.pk}/change/").content.decode()


# What is seen


def test_what_its_author_deleted_is_read_and_found_by_nobody(
    room: Room, bob: User, as_root: Client, say: Say, alice: User
) -> None:
    kept, his, taken = say(room, bob, "tulips"), say(room, bob, "secret tulips"), say(room, bob, "cheap tulips")
    his.delete_by(bob)
    taken.take_down(by=alice, because="advertising")
    page = as_root.get(LIST).content.decode()
    assert "deleted by its author" in page
    assert "deleted by a moderator: advertising" in page
    assert "secret" not in page
    assert found(as_root, q="tulips") == [taken.pk, kept.pk]
    assert "secret" not in read(as_root, his) + read(as_root, kept)
    assert "cheap tulips" in read(as_root, kept), "around it"


def test_without_the_permission_direct_conversations_are_not_there(
    room: Room, direct: Room, bob: User, as_moderator: Client, as_root: Client, say: Say
) -> None:
    public, private = say(room, bob, "hello all"), say(direct, bob, "hello Alice")
    ways: list[dict[str, Any]] = [{}, {"q": "hello"}, {"author": bob.pk}, {"state": "shown"}, {"since": "day"}]
    for asked in ways:
        assert found(as_moderator, **asked) == [public.pk]
        assert found(as_root, **asked) == [private.pk, public.pk]
    answer = as_moderator.get(LIST, {"room": direct.pk})
    assert answer.context["cl"].result_count == 0
    assert "Nothing is called that." in answer.content.decode()
    nowhere = as_moderator.get(f"{LIST}{private.pk + 99}/change/")
    for kind in ("change", "history"):
        there = as_moderator.get(f"{LIST}{private.pk}/{kind}/")
        assert (there.status_code, there.headers["Location"]) == (302, nowhere.headers["Location"])
    act(as_moderator, "chat/message", "take_down", private, asked="yes", because="reading it")
    private.refresh_from_db()
    assert private.deleted_at is None
    assert "hello Alice" in read(as_root, private)


def test_a_line_says_what_was_done(room: Room, alice: User, bob: User, as_root: Client) -> None:
    room.remove(by=alice, person=bob, because="shouting")
    line = room.messages.get(event="removed")
    assert found(as_root, state="line") == [line.pk]
    for page in (as_root.get(LIST).content.decode(), read(as_root, line)):
        assert "line about the room" in page
        assert "Bob Okafor · shouting" in page
    assert "Delete, because" not in read(as_root, line)
    refused = act(as_root, "chat/message", "take_down", line, asked="yes", because="ugly").content.decode()
    assert "A line about the room stays where it is." in refused


def test_a_message_stands_among_ten_before_and_ten_after_it(room: Room, bob: User, as_root: Client, say: Say) -> None:
    messages = [say(room, bob, f"number-{place:02}") for place in range(25)]
    page = read(as_root, messages[12])
    assert [place for place in range(25) if f"number-{place:02}" in page] == list(range(2, 23))


def test_what_somebody_wrote_is_text(room: Room, bob: User, as_root: Client, say: Say) -> None:
    message = say(room, bob, "<b id=x>bold</b>" + "a" * 300)
    for page in (as_root.get(LIST).content.decode(), read(as_root, message)):
        assert "&lt;b id=x&gt;bold" in page
        assert "<b id=x>" not in page
    assert "a" * 200 not in as_root.get(LIST).content.decode(), "an excerpt"


# How it is found


def test_each_state_is_a_filter(room: Room, alice: User, bob: User, as_root: Client, say: Say) -> None:
    shown, edited, deleted, withdrawn = (say(room, bob, text) for text in ("one", "two", "three", "four"))
    edited.edit_by(bob, body="second")
    deleted.take_down(by=alice)
    withdrawn.delete_by(bob)
    found_by = {state: found(as_root, state=state) for state in ("shown", "edited", "deleted", "withdrawn", "line")}
    assert found_by == {
        "shown": [edited.pk, shown.pk],
        "edited": [edited.pk],
        "deleted": [deleted.pk],
        "withdrawn": [withdrawn.pk],
        "line": [],
    }


def test_rooms_and_authors_are_typed(room: Room, alice: User, bob: User, as_root: Client, say: Say) -> None:
    other = room_of(alice, bob, name="Gardeners")
    hers, his = say(room, alice), say(other, bob)
    for typed in (room.pk, "garden", " Garden "):
        assert found(as_root, room=typed) == [hers.pk]
    for typed in (bob.pk, "@bob", "BOB", "okafor"):
        assert found(as_root, author=typed) == [his.pk]
    assert found(as_root, room=room.pk, author=bob.pk) == []
    several = as_root.get(LIST, {"room": "arden", "state": "shown"})
    assert several.context["cl"].result_count == 0
    for each in (room, other):
        assert f'href="?room={each.pk}&amp;state=shown">{each}' in several.content.decode()
    assert "Nothing is called that." in as_root.get(LIST, {"author": "nobody"}).content.decode()
    for odd in ("9" * 40, "-1", "%", "a" * 5_000):
        assert as_root.get(LIST, {"room": odd, "author": odd}).status_code == 200


def test_times_are_filters(room: Room, bob: User, as_root: Client, say: Say) -> None:
    ages = {"hour": 0.5, "day": 20, "week": 24 * 6, "month": 24 * 29, "": 24 * 40}
    messages = {}
    for span, hours in reversed(ages.items()):
        messages[span] = say(room, bob)
        Message.objects.filter(pk=messages[span].pk).update(created_at=timezone.now() - timedelta(hours=hours))
    everyone = [messages[span].pk for span in ages]
    for count, span in enumerate(ages, start=1):
        assert found(as_root, since=span) == everyone[:count]


# How far back it looks


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in {"NEAR": 4, "TEXTS": 4, "FAR": 9}.items():
        monkeypatch.setattr(looking, name, few)


def walk(client: Client, way: str, asked: dict[str, str]) -> list[list[int]]:
    """The messages of each page, as its link leads on to the next."""
    pages, path = [], f"?{urlencode(asked)}"
    while path:
        listed = client.get(LIST + path).context["cl"]
        pages.append([message.pk for message in listed.result_list])
        path = getattr(listed, way)
    return pages


ASKED = [{}, {"q": "even"}, {"room": "Garden"}, {"author": "@bob"}, {"state": "edited"}]


@pytest.fixture
def ten(room: Room, bob: User, say: Say) -> list[Message]:
    messages = [say(room, bob, "even" if place % 2 else "odd") for place in range(10)]
    Message.objects.update(edited_at=timezone.now())
    return messages[::-1]


@pytest.mark.parametrize("asked", ASKED)
def test_each_page_begins_below_the_one_before(
    ten: list[Message], as_root: Client, asked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MessageAdmin, "list_per_page", 3)
    wanted = [message.pk for message in ten if "q" not in asked or message.body == "even"]
    pages = walk(as_root, "older", asked)
    assert pages == [wanted[place : place + 3] for place in range(0, len(wanted), 3)]
    assert ">Newest<" not in as_root.get(LIST, asked).content.decode()
    assert ">Newest<" in as_root.get(LIST, asked | {"upto": str(wanted[1])}).content.decode()


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize("asked", ASKED)
def test_a_list_looks_so_far_back_says_so_and_leads_on(
    ten: list[Message], as_root: Client, asked: dict[str, str]
) -> None:
    wanted = [message.pk for message in ten if "q" not in asked or message.body == "even"]
    pages = walk(as_root, "further", asked)
    assert [pk for page in pages for pk in page] == wanted
    assert len(pages) == 3
    assert all(len(page) <= 4 for page in pages)
    first = as_root.get(LIST, asked)
    assert "4 messages were looked at, back to" in first.content.decode()
    much = as_root.get(LIST + first.context["cl"].much_further).context["cl"]
    assert (much.reach, much.further) == (9, "")
    assert [message.pk for message in much.result_list] == [pk for pk in wanted if pk <= first.context["cl"].cut]


@pytest.mark.usefixtures("near")
def test_nothing_older_is_offered_where_the_time_that_was_asked_for_ends(ten: list[Message], as_root: Client) -> None:
    Message.objects.filter(seq__lte=6).update(created_at=timezone.now() - timedelta(days=2))
    assert not as_root.get(LIST, {"since": "day"}).context["cl"].further
    assert as_root.get(LIST, {"since": "week"}).context["cl"].further


@pytest.mark.usefixtures("near")
def test_one_that_is_far_back_is_dealt_with_on_its_page(room: Room, bob: User, as_root: Client, say: Say) -> None:
    first, *_newer = [say(room, bob) for _ in range(10)]
    assert first.pk not in found(as_root)
    answer = act(as_root, "chat/message", "take_down", first, asked="yes", because="old", page="yes")
    assert answer.redirect_chain == [(f"{LIST}{first.pk}/change/", 302)]
    first.refresh_from_db()
    assert first.deleted_because == "old"


@pytest.mark.parametrize("asked", ["o=3", "o=-1.2", "upto=x&far=", "p=9999", "all=", "_facets=1", "upto=" + "9" * 30])
def test_an_address_made_by_hand_asks_for_no_more(room: Room, bob: User, as_root: Client, say: Say, asked: str) -> None:
    one, two = say(room, bob), say(room, bob)
    answer = as_root.get(f"{LIST}?{asked}", follow=True)
    assert answer.status_code == 200
    assert [message.pk for message in answer.context["cl"].result_list] == [two.pk, one.pk]


# What is done


def test_messages_are_deleted_with_a_reason_and_brought_back(
    room: Room, bob: User, alice: User, as_moderator: Client, say: Say
) -> None:
    messages = [say(room, bob, f"cheap watches {place}") for place in range(3)]
    asks = act(as_moderator, "chat/message", "take_down", *messages).content.decode()
    assert "Bob Okafor, Garden: cheap watches 2" in asks
    answer = act(as_moderator, "chat/message", "take_down", *messages, asked="yes", because="  ")
    assert answer.status_code == 400
    assert "Say why: the author is told." in answer.content.decode()
    assert answer.content.decode().count('name="_selected_action"') == 3
    assert not Message.objects.exclude(deleted_at=None).exists()
    answer = act(as_moderator, "chat/message", "take_down", *messages, asked="yes", because="spam")
    assert "Done, for 3 of 3." in answer.content.decode()
    assert set(Message.objects.values_list("deleted_by__handle", "deleted_because")) == {("dora", "spam")}
    notes = AuditEntry.objects.values_list("what", "by__handle", "person", "reason", "address")
    assert list(notes) == [("deleted", "dora", bob.pk, "spam", "127.0.0.1")] * 3
    act(as_moderator, "chat/message", "put_back", *messages[:2], asked="yes", because="a mistake")
    assert list(Message.objects.filter(deleted_at=None)) == messages[:2]


def test_what_a_verb_refuses_is_told_and_the_others_are_done(
    room: Room, bob: User, alice: User, as_moderator: Client, say: Say
) -> None:
    his, taken = say(room, bob), say(room, bob)
    his.delete_by(bob)
    taken.take_down(by=alice)
    answer = act(as_moderator, "chat/message", "put_back", his, taken, asked="yes").content.decode()
    assert "Its author deleted it. Only they can bring it back." in answer
    assert "Done, for 1 of 2." in answer
    assert "Bring back" not in read(as_moderator, his)


@pytest.mark.parametrize("action", ["take_down", "put_back", "delete_selected"])
@pytest.mark.parametrize("asked", [{}, {"asked": "yes", "because": "x"}])
def test_who_may_only_read_decides_nothing(room: Room, bob: User, say: Say, action: str, asked: dict[str, str]) -> None:
    message = say(room, bob)
    client = signed_in(staff("view_message", "change_message", "add_message", "read_direct_messages"))
    assert act(client, "chat/message", action, message, **asked).status_code == 403
    assert "Delete, because" not in read(client, message) + client.get(LIST).content.decode()
    message.refresh_from_db()
    assert message.deleted_at is None


def test_who_may_delete_and_not_read_is_refused(room: Room, bob: User, say: Say) -> None:
    message, client = say(room, bob), signed_in(staff("delete_message"))
    assert act(client, "chat/message", "take_down", message, asked="yes", because="x").status_code == 403
    assert client.get(f"{LIST}{message.pk}/change/").status_code == 403
