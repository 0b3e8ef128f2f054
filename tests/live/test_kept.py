"""What a process keeps of pages: after every write, a page shows what one that is made anew would show, to its viewer alone."""

import re
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat import history, log
from chat.marks import put_back, read_everything
from chat.models import Complaint, Message, Report, Room
from chatpoc import memory
from chatpoc.live import kept
from presence.privacy import appear
from tests.conftest import Statements, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


class Chat:
    """Alice, whose pages are looked at; Bob, who does things; a room of both and Charlie, which Bob moderates."""

    def __init__(self, alice: User, bob: User, charlie: User) -> None:
        self.alice, self.bob, self.charlie = alice, bob, charlie
        self.room = Room.objects.open_by(bob, kind="open", name="Garden")
        self.room.join(alice)
        self.room.join(charlie)
        self.direct = Room.objects.direct(alice, bob)
        self.said = self.say(self.room, bob, "first")
        self.own = self.say(self.direct, alice, "mine")
        self.say(self.direct, bob, "yours")

    def say(self, room: Room, author: User, body: str) -> Message:
        return room.post(author=author, client_id=uuid.uuid4(), body=body)

    @property
    def pages(self) -> list[str]:
        return [f"/rooms/{self.room.pk}/", f"/rooms/{self.direct.pk}/", "/"]


@pytest.fixture
def chat(transactional_db: None, alice: User, bob: User, charlie: User) -> Chat:
    return Chat(alice, bob, charlie)


def page(client: Client, path: str, **headers: str) -> str:
    """Without what each answer draws anew."""
    answer = client.get(path, headers=headers)
    html = answer.content.decode()
    html = re.sub(r'(name="(csrfmiddlewaretoken|client_id)" value=")[^"]*', r"\1…", html)
    return f"{answer.status_code} {html}"


def anew(client: Client, path: str) -> str:
    memory.forget_all()
    return page(client, path)


def rename(chat: Chat) -> None:
    chat.bob.name = "Robert"
    chat.bob.save()


def show(chat: Chat) -> None:
    User.objects.filter(pk=chat.bob.pk).update(picture_name="7-aaaaaaaaaaaaaaaaaaaaaaaa")


def change_room(chat: Chat) -> None:
    chat.room.change(by=chat.bob, name="Orchard", subject="Apples", kind="open")


def complain(chat: Chat) -> None:
    report = Report.objects.create(
        message=chat.said, person=chat.bob, state=Report.State.RESOLVED, outcome="acted", resolved_at=timezone.now()
    )
    Complaint.objects.create(report=report, by=chat.alice, reason=Complaint.Reason.values[0])


WRITES: dict[str, Callable[[Chat], object]] = {
    "somebody speaks": lambda chat: chat.say(chat.room, chat.charlie, "second"),
    "somebody speaks elsewhere": lambda chat: chat.say(chat.direct, chat.bob, "elsewhere"),
    "the viewer speaks": lambda chat: chat.say(chat.room, chat.alice, "I"),
    "a message is edited": lambda chat: chat.said.edit_by(chat.bob, body="otherwise"),
    "a message is deleted": lambda chat: chat.said.delete_by(chat.bob),
    "a message is taken down": lambda chat: chat.said.take_down(by=chat.bob, because="no"),
    "somebody is renamed": rename,
    "somebody has a picture": show,
    "somebody is gone": lambda chat: chat.bob.erase(),
    "the viewer is renamed": lambda chat: User.objects.filter(pk=chat.alice.pk).update(name="Alicia"),
    "the room is changed": change_room,
    "the room is archived": lambda chat: chat.room.archive(by=chat.bob),
    "somebody comes": lambda chat: chat.room.join(User.objects.create_user("d@example.com", "dora")),
    "somebody goes": lambda chat: chat.room.leave(chat.charlie),
    "the viewer moderates": lambda chat: chat.room.memberships.get(user=chat.alice).make("moderator", by=chat.bob),
    "the viewer is removed": lambda chat: chat.room.remove(by=chat.bob, person=chat.alice),
    "the viewer is muted": lambda chat: chat.room.silence(
        by=chat.bob, person=chat.alice, until=timezone.now() + timedelta(hours=1), because=""
    ),
    "the viewer mutes the room": lambda chat: chat.room.memberships.get(user=chat.alice).notify_of("nothing"),
    "the viewer reads": lambda chat: read_everything(chat.alice),
    "the viewer marks as unread": lambda chat: put_back(chat.alice, chat.direct, 1),
    "the viewer hides": lambda chat: appear(chat.alice, offline=True),
    "the viewer blocks": lambda chat: chat.alice.block(chat.bob),
    "the viewer is blocked": lambda chat: chat.bob.block(chat.alice),
    "a report is resolved": complain,
}


@pytest.mark.parametrize("what", WRITES)
def test_after_a_write_pages_are_as_if_nothing_were_kept(what: str, chat: Chat) -> None:
    client = signed_in(chat.alice)
    before = {path: [page(client, path) for _ in range(3)][-1] for path in chat.pages}
    WRITES[what](chat)
    after = {path: page(client, path) for path in chat.pages}
    assert after == {path: anew(client, path) for path in chat.pages}
    assert after != before


def test_a_page_that_is_shown_again_reads_who_asks_and_the_room(chat: Chat, statements: Statements) -> None:
    client, path = signed_in(chat.alice), chat.pages[0]
    UserSession.objects.create(user=chat.alice, session_key=client.session.session_key, ip="127.0.0.1")
    for _ in range(3):
        client.get(path)
    statements.seen.clear()
    client.get(path)
    assert len(statements.seen) == 2, statements.seen


def test_nobody_gets_what_was_made_for_another(chat: Chat) -> None:
    alice, bob = signed_in(chat.alice), signed_in(chat.bob)
    chat.alice.block(chat.charlie)
    for path in chat.pages * 2:
        page(alice, path)
        page(bob, path)
    for path in chat.pages:
        assert page(bob, path) == anew(bob, path)
        assert 'id="me"' in page(alice, path)
        assert page(alice, path) == anew(alice, path)


def test_each_language_has_its_own(chat: Chat) -> None:
    client, path = signed_in(chat.alice), chat.pages[0]
    for _ in range(3):
        english, polish = page(client, path), page(client, path, **{"accept-language": "pl"})
    memory.forget_all()
    assert page(client, path, **{"accept-language": "pl"}) == polish
    assert anew(client, path) == english != polish


def test_a_form_in_a_kept_page_is_for_the_browser_that_got_it(chat: Chat) -> None:
    """The HTML is made for one of the viewer's browsers, and shown in the other; each answer masks its own token anew."""
    path, found = f"/rooms/{chat.room.pk}/", []
    for _ in range(2):
        browser = Client(enforce_csrf_checks=True)
        browser.cookies = signed_in(chat.alice).cookies
        browser.get(path)
        for _ in range(2):
            html = browser.get(path).content.decode()
            assert kept.TOKEN not in html
            form = re.search(r'action="/rooms/\d+/notify/".*?value="(\w{64})"', html, re.DOTALL)
            assert form
            found.append(form[1])
        assert form
        answer = browser.post(f"{path}notify/", {"notify": "nothing", "csrfmiddlewaretoken": form[1]})
        assert answer.status_code < 400
    assert len(set(found)) == 4


def test_who_was_removed_while_no_version_could_be_renewed_gets_nothing(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, path = signed_in(chat.alice), f"/rooms/{chat.room.pk}/"
    for _ in range(3):
        assert "first" in page(client, path)
    monkeypatch.setattr("chatpoc.live.versions.renew", lambda _tags: None)
    chat.room.remove(by=chat.bob, person=chat.alice)
    assert "first" not in page(client, path)
    for part in ("header", "members", "held", "silence", "notify/choice"):
        assert client.get(f"{path}{part}/", headers={"HX-Request": "true"}).status_code == 404, part


def test_a_write_that_nobody_told_of_is_shown_before_long(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process ended between the commit and the new versions, or it was another program."""
    client, path = signed_in(chat.alice), "/"
    for _ in range(3):
        page(client, path)
    monkeypatch.setattr("chatpoc.live.versions.renew", lambda _tags: None)
    rename(chat)
    assert "Bob Okafor" in page(client, path), "it is kept at all"
    later = time.monotonic() + kept.LASTS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert "Robert" in page(client, path)
    assert "Bob Okafor" not in page(client, path)


def test_all_versions_of_a_page_are_read_in_one_look(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    client, path = signed_in(chat.alice), f"/rooms/{chat.room.pk}/"
    for _ in range(3):
        page(client, path)
    looks: list[int] = []
    real = type(caches["live"]).get_many

    def noted(self: Any, keys: Any, *more: Any) -> Any:
        looks.append(len(keys))
        return real(self, keys, *more)

    monkeypatch.setattr(type(caches["live"]), "get_many", noted)
    page(client, path)
    assert len(looks) == 1, looks
    assert looks[0] > 10


def test_without_a_cache_each_page_is_made_anew(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(chat.alice)
    for _ in range(3):
        page(client, "/")

    def broken(*_: object, **__: object) -> None:
        raise ConnectionError("on purpose")

    for method in ("get", "get_many", "set", "set_many"):
        monkeypatch.setattr(type(caches["live"]), method, broken)
    rename(chat)
    assert "Robert" in page(client, "/")


def test_the_end_of_a_mute_needs_no_write(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    client, path = signed_in(chat.alice), f"/rooms/{chat.room.pk}/"
    until = timezone.now() + timedelta(minutes=5)
    chat.room.silence(by=chat.bob, person=chat.alice, until=until, because="")
    for _ in range(3):
        assert "<for-now" in page(client, path)
    monkeypatch.setattr(timezone, "now", lambda: until + timedelta(seconds=1))
    assert "<for-now" not in page(client, path)


def test_what_is_not_committed_is_neither_kept_nor_hidden(chat: Chat) -> None:
    client, path = signed_in(chat.alice), "/"
    for _ in range(3):
        page(client, path)
    with transaction.atomic():
        rename(chat)
        assert "Robert" in page(client, path)
        transaction.set_rollback(True)
    assert "Robert" not in page(client, path)
    assert page(client, path) == anew(client, path)


def test_who_speaks_for_the_first_time_and_is_renamed_meanwhile(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is read before it is known of whom: a name from before must not be kept under the version of after."""
    client, path = signed_in(chat.alice), f"/rooms/{chat.room.pk}/"
    page(client, path)
    chat.say(chat.room, chat.charlie, "hi")
    read = history.newest

    def late(room: Room) -> Any:
        found = read(room)
        found.people  # noqa: B018  (read, with the names as they are)
        User.objects.filter(pk=chat.charlie.pk).update(name="Chuck")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(log, "newest", late)
        page(client, path)
    assert page(client, path) == anew(client, path)
    assert "Chuck" in page(client, path)
