"""Where the parts of moderation meet: what one of them decided, none of the others undoes."""

import ast
import io
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from accounts.audit import WORDS
from accounts.models import AuditEntry, User
from chat.exporting.people import what_is_theirs
from chat.models import HeldMessage, HoldRule, Message, Report, Room
from chatpoc.limits import table
from tests.chat.own import HX
from tests.chat.rooms import refused, room_of
from tests.conftest import Say, make_person, signed_in

pytestmark = pytest.mark.once
SOON = timedelta(hours=1)


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    """Alice moderates, Bob is a member."""
    return room_of(alice, bob)


@pytest.fixture
def root(db: None) -> User:
    return make_person("root", "Root", is_staff=True, is_superuser=True)


def held(room: Room, by: User, client_id: uuid.UUID | None = None) -> HeldMessage:
    HoldRule.objects.get_or_create(text="casino", is_on=True)
    found = room.say(author=by, client_id=client_id or uuid.uuid4(), body="a casino")
    assert isinstance(found, HeldMessage)
    return found


def test_who_is_suspended_sees_no_page_by_being_too_fast(
    room: Room, alice: User, bob: User, as_bob: Client, say: Say, settings: Any
) -> None:
    say(room, alice, "the secret of the garden")
    bob.suspend(by=None, until=timezone.now() + SOON, because="spam")
    settings.LIMITS = table.parsed("send=1/1h 100/1h,report=1/1h 100/1h,write=1/1h 100/1h")
    for path in ("messages/", "messages/1/report/", "messages/1/text/", "invitations/"):
        answers = [as_bob.post(f"/rooms/{room.pk}/{path}", {"body": "x"}) for _ in range(3)]
        assert all(answer.status_code in {403, 429} for answer in answers), path
        assert not any("garden" in answer.content.decode() for answer in answers), path


def test_a_moderator_does_not_undo_what_staff_did_to_them(room: Room, alice: User, root: User, say: Say) -> None:
    hers = say(room, alice, "buy my watches")
    hers.take_down(by=root)
    assert refused(lambda: hers.put_back(by=alice))
    room.silence(by=root, person=alice, until=timezone.now() + SOON)
    assert refused(lambda: room.unsilence(by=alice, person=alice))
    room.unsilence(by=root, person=alice)
    own = say(room, alice)
    own.take_down(by=alice)
    assert own.put_back(by=alice), "what she took down herself she may put back"


def test_nobody_lets_their_own_message_through(room: Room, root: User) -> None:
    room.join(root)
    assert refused(lambda: held(room, root).release(by=root))


def test_who_is_muted_says_nothing_by_bringing_it_back(room: Room, alice: User, bob: User, say: Say) -> None:
    said = say(room, bob, "loud")
    said.delete_by(bob)
    room.silence(by=alice, person=bob, until=timezone.now() + SOON)
    assert refused(lambda: said.restore_by(bob))


def test_an_account_that_is_erased_takes_along_what_it_never_said(room: Room, bob: User) -> None:
    held(room, bob)
    bob.erase()
    assert not HeldMessage.objects.exists()


def test_one_client_id_is_one_message_whatever_is_held(
    room: Room, bob: User, alice: User, root: User, as_bob: Client
) -> None:
    elsewhere = room_of(alice, bob, name="Shed")
    used = uuid.uuid4()
    held(room, bob, used)
    form = {"body": "a casino", "client_id": used}
    assert as_bob.post(f"/rooms/{elsewhere.pk}/messages/", form, headers=HX).status_code == 409
    assert as_bob.post(f"/rooms/{elsewhere.pk}/messages/", form | {"body": "fine"}, headers=HX).status_code == 201
    other = held(room, bob)
    chosen = {"action": "release", "_selected_action": list(HeldMessage.objects.values_list("pk", flat=True))}
    page = signed_in(root).post("/admin/chat/heldmessage/", chosen, follow=True)
    assert page.status_code == 200
    assert "under its client id" in page.content.decode()
    other.refresh_from_db()
    assert other.state == HeldMessage.State.RELEASED


def test_what_was_let_through_is_not_taken_back_into_the_composer(
    room: Room, bob: User, root: User, as_bob: Client
) -> None:
    one = held(room, bob)
    one.release(by=root)
    answer = as_bob.post(f"/rooms/{room.pk}/held/{one.pk}/away/", headers=HX)
    assert (answer.status_code, "let through" in answer.content.decode()) == (409, True)


def test_the_admin_decides_by_its_actions_alone(room: Room, bob: User, root: User) -> None:
    one = held(room, bob)
    page = signed_in(root).get(f"/admin/chat/heldmessage/{one.pk}/change/").content.decode()
    assert "client_id" not in page
    signed_in(root).post(f"/admin/chat/heldmessage/{one.pk}/change/", {"state": "released", "body": "x"})
    one.refresh_from_db()
    assert (one.state, one.body) == ("waiting", "a casino")


def test_a_moderator_s_account_goes_only_with_what_they_decided(room: Room, bob: User, root: User, say: Say) -> None:
    """Else pages would say that the author deleted it."""
    say(room, bob).take_down(by=root)
    with pytest.raises(ProtectedError):
        root.delete()


def test_who_was_reported_and_said_nothing_can_be_deleted(bob: User, alice: User, root: User) -> None:
    Report.objects.of_person(bob, by=alice, reason="spam")
    path = f"/admin/accounts/user/{bob.pk}/delete/"
    assert signed_in(root).post(path, {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=bob.pk).exists()


def test_moderators_notes_are_not_in_what_is_exported_to_whom_they_are_about(
    room: Room, alice: User, bob: User, root: User
) -> None:
    complaint, _new = Report.objects.of_person(bob, by=alice, reason="spam")
    complaint.report.take(by=root)
    complaint.report.resolve(by=root, outcome="nothing", note="alice complains of everybody")
    decisions = [rows for file, _, rows in what_is_theirs(bob) if file == "decisions_about_them"]
    assert not list(decisions[0])


def test_a_mute_outlasts_a_purge(room: Room, alice: User, bob: User, say: Say) -> None:
    say(room, bob, "loud")
    room.silence(by=alice, person=bob, until=timezone.now() + timedelta(days=30))
    say(room, alice, "quiet now")
    Message.objects.update(created_at=timezone.now() - timedelta(days=10))
    call_command("purge", "--older-than", "7d", "--yes", stdout=io.StringIO())
    assert list(room.messages.order_by("seq").values_list("seq", flat=True)) == [2, 3]
    room.leave(bob)
    room.invite(by=alice, people=[bob])
    assert room.memberships.get(user=bob).is_silenced


def test_a_report_of_a_purged_message_shows_it_and_is_no_report_of_the_person(
    room: Room, alice: User, bob: User, root: User, say: Say
) -> None:
    first, _new = Report.objects.of_message(say(room, bob, "the old insult"), by=alice, reason="hate")
    Message.objects.update(created_at=timezone.now() - timedelta(days=100))
    call_command("purge", "--older-than", "7d", "--yes", stdout=io.StringIO())
    page = signed_in(root).get(f"/admin/chat/report/{first.report.pk}/change/").content.decode()
    assert "the old insult" in page
    assert Report.objects.of_person(bob, by=alice, reason="spam")[0].report != first.report


def test_the_audit_log_knows_every_word_that_is_noted() -> None:
    base = Path(__file__).parents[2]
    noted = set()
    for app in ("accounts", "chat", "chatpoc", "presence"):
        for path in (base / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                name = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", ""))
                if isinstance(node, ast.Call) and name in {"record", "_note", "_decided_in_transaction"}:
                    noted |= {one.value for one in node.args[:3] if isinstance(one, ast.Constant) and one.value}
    assert len(noted) > 10
    assert noted <= set(WORDS), noted - set(WORDS)


def test_a_rule_that_is_made_changed_or_deleted_is_noted(root: User) -> None:
    client = signed_in(root)
    client.post("/admin/chat/holdrule/add/", {"kind": "word", "text": "casino", "is_on": "on"})
    rule = HoldRule.objects.get()
    client.post(f"/admin/chat/holdrule/{rule.pk}/delete/", {"post": "yes"})
    told = AuditEntry.objects.filter(what="changed a rule").order_by("pk").values_list("details", flat=True)
    assert list(told) == ["word “casino”: on", "word “casino”: deleted"]
