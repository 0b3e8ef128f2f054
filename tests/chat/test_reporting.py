"""People report a message, or somebody: who may, what is kept of it, and how they are told when they may not."""

import threading
import time
from functools import partial

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import AuditEntry, User
from chat.models import Complaint, Message, Report, Room
from chat.models.refusals import NotAMember
from tests.chat.own import HX
from tests.chat.reports import WRONG, complaint_of, moderator, page_of
from tests.chat.rooms import at_once, room_of
from tests.conftest import Say, make_person, signed_in


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    return room_of(alice, bob)


@pytest.fixture
def said(room: Room, alice: User, say: Say) -> Message:
    """By Alice; Bob reads it, and Charlie is not there."""
    return say(room, alice, "buy my watches")


def test_a_report_says_who_what_and_why_and_thanks(said: Message, alice: User, bob: User, as_bob: Client) -> None:
    form = as_bob.get(page_of(said)).content.decode()
    assert "buy my watches" in form
    assert "up to 10 messages before and after it" in form
    answer = as_bob.post(page_of(said), WRONG)
    complaint = Complaint.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/reports/?sent={complaint.pk}")
    report = complaint.report
    assert (report.person, report.message, report.body, report.state) == (alice, said, "buy my watches", "open")
    assert (report.complained, complaint.by, complaint.reason, complaint.details) == (1, bob, "spam", WRONG["details"])
    thanks = as_bob.get(answer["Location"]).content.decode()
    assert "Thank you. A moderator will look at it." in thanks
    assert "It waits for a moderator." in thanks


def test_who_is_not_in_the_room_finds_nothing_to_report(said: Message, as_charlie: Client) -> None:
    for answer in (as_charlie.get(page_of(said)), as_charlie.post(page_of(said), WRONG)):
        assert answer.status_code == 404
    assert not Report.objects.exists()


def test_a_former_member_reports_nothing_more_by_a_form_that_was_open(
    said: Message, room: Room, bob: User, as_bob: Client
) -> None:
    room.memberships.filter(user=bob).delete()
    assert as_bob.post(page_of(said), WRONG).status_code == 404
    with pytest.raises(NotAMember):
        complaint_of(said, bob)  # they were sent out after the view had looked


def test_nobody_reports_themselves(said: Message, alice: User, as_alice: Client) -> None:
    for path, why in ((page_of(said), "You said this yourself."), (f"/people/{alice.pk}/report/", "report yourself")):
        for answer in (as_alice.get(path), as_alice.post(path, WRONG)):
            assert answer.status_code == 403
            assert why in answer.content.decode()
    assert not Report.objects.exists()


def test_what_was_deleted_meanwhile_is_refused_and_what_was_typed_stays(
    said: Message, alice: User, as_bob: Client
) -> None:
    said.delete_by(alice)
    answer = as_bob.post(page_of(said), WRONG)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "This message is deleted, so nobody sees it any more." in page
    assert WRONG["details"] in page
    assert "buy my watches" not in page
    assert as_bob.get(page_of(said)).status_code == 403
    assert not Report.objects.exists()


def test_a_line_about_the_room_is_nobody_s_message(room: Room, said: Message, as_bob: Client) -> None:
    Message.objects.filter(pk=said.pk).update(event="archived")
    assert as_bob.post(page_of(said), WRONG).status_code == 403
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"details": "So."}, "Choose what is wrong with it."),
        ({"reason": "boring", "details": "So."}, "Choose one of these."),
        ({"reason": "other", "details": " \u2800 "}, "Say in a few words what is wrong."),
        ({"reason": "spam", "details": "x" * 1001}, "This has 1001 characters; 1000 fit."),
        ({"reason": "spam", "details": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_with_a_form_stands_beside_what_was_typed(
    said: Message, as_bob: Client, sent: dict[str, str], why: str
) -> None:
    answer = as_bob.post(page_of(said), sent)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert sent["details"] in answer.content.decode()
    assert not Report.objects.exists()


def test_a_thousand_characters_fit_whatever_the_line_ends(said: Message, as_bob: Client) -> None:
    details = "a\r\n" * 333 + "b"
    assert as_bob.post(page_of(said), WRONG | {"details": details}).status_code == 302
    assert len(Complaint.objects.get().details) == 667


def test_many_complaints_are_one_report_with_the_text_of_the_first(
    said: Message, room: Room, alice: User, bob: User, charlie: User, as_charlie: Client
) -> None:
    report = complaint_of(said, bob)
    said.edit_by(alice, body="I like watches")
    room.join(charlie)
    as_charlie.post(page_of(said), {"reason": "harassment", "details": ""})
    report.refresh_from_db()
    assert (Report.objects.count(), report.complained, report.body) == (1, 2, "buy my watches")


def test_who_complains_again_says_it_anew(said: Message, bob: User, as_bob: Client) -> None:
    before = complaint_of(said, bob, details="first")
    assert "first" in as_bob.get(page_of(said)).content.decode()
    answer = as_bob.post(page_of(said), {"reason": "hate", "details": "second"})
    complaint = Complaint.objects.get()
    assert answer["Location"] == f"/reports/?again={complaint.pk}"
    assert "what you said now has taken its place" in as_bob.get(answer["Location"]).content.decode()
    assert (complaint.reason, complaint.details) == ("hate", "second")
    before.refresh_from_db()
    assert before.complained == 1


def test_what_is_reported_again_after_it_was_resolved_is_a_new_report(said: Message, bob: User) -> None:
    first = complaint_of(said, bob)
    first.resolve(by=moderator(), outcome="nothing")
    second = complaint_of(said, bob)
    assert second.pk != first.pk
    assert (second.state, second.complained) == ("open", 1)


def test_a_person_is_reported_apart_from_what_they_said(said: Message, alice: User, bob: User, as_bob: Client) -> None:
    complaint_of(said, bob)
    card = as_bob.get(f"/people/{alice.pk}/card/").content.decode()
    assert f'href="/people/{alice.pk}/report/"' in card
    for _ in range(2):
        assert as_bob.post(f"/people/{alice.pk}/report/", WRONG).status_code == 302
    reports = Report.objects.filter(person=alice).order_by("pk")
    assert [(report.message, report.body, report.complained) for report in reports] == [
        (said, "buy my watches", 1),
        (None, "", 1),
    ]


def test_an_account_that_is_not_in_use_is_not_reported(alice: User, as_bob: Client) -> None:
    alice.deactivate()
    assert as_bob.post(f"/people/{alice.pk}/report/", WRONG).status_code == 403
    assert as_bob.post("/people/987654321/report/", WRONG).status_code == 404


def test_ten_in_an_hour_and_then_a_moment_with_what_was_typed(
    room: Room, alice: User, as_bob: Client, say: Say
) -> None:
    said = [say(room, alice, f"offer {number}") for number in range(6)]
    for message in said[:5]:
        assert as_bob.post(page_of(message), WRONG).status_code == 302
    answer = as_bob.post(page_of(said[5]), WRONG)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) <= 360
    assert "That was a lot at once. Please try again in 6 min." in answer.content.decode()
    assert WRONG["details"] in answer.content.decode()
    assert as_bob.post(f"/people/{alice.pk}/report/", WRONG).status_code == 429, "people and messages together"
    assert Report.objects.count() == 5


def test_without_a_script_one_chooses_the_message_on_a_page(
    room: Room, said: Message, alice: User, bob: User, as_bob: Client, as_charlie: Client, say: Say
) -> None:
    say(room, bob, "my own")
    for number in range(20):
        say(room, alice, f"later {number}")
    path = f"/rooms/{room.pk}/messages/reportable/"
    assert f'href="{path}"' in as_bob.get(f"/rooms/{room.pk}/").content.decode()
    page = as_bob.get(path).content.decode()
    assert "my own" not in page
    assert f'href="{path}?before=3"' in page
    assert f'href="{page_of(said)}"' not in page
    assert f'href="{page_of(said)}"' in as_bob.get(f"{path}?before=3").content.decode()
    assert as_charlie.get(path).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_many_who_complain_at_once_none_is_lost_and_there_is_one_report(
    said: Message, room: Room, alice: User, bob: User
) -> None:
    people = [bob, *(make_person(f"p{number}x", f"Person {number}") for number in range(5))]
    for person in people:
        room.join(person)
    works = [partial(complaint_of, said, person) for person in (*people, bob)]
    at_once(*works, *[lambda: Report.objects.of_person(alice, by=bob, reason="spam")] * 2)
    about_it, about_her = (
        Report.objects.order_by("message_id").filter(message=said),
        Report.objects.filter(message=None),
    )
    assert [(report.complained, report.complaints.count()) for report in about_it] == [(6, 6)]
    assert [(report.complained, report.complaints.count()) for report in about_her] == [(1, 1)]


@pytest.mark.django_db(transaction=True)
def test_who_complains_while_another_complaint_is_being_written_is_counted(alice: User, bob: User) -> None:
    first, second = (make_person(f"p{number}x", f"Person {number}") for number in range(2))
    Report.objects.of_person(alice, by=bob, reason="spam")
    written = threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            Report.objects.of_person(alice, by=first, reason="spam")
            written.set()
            time.sleep(0.4)

    at_once(slowly, lambda: written.wait(5) and Report.objects.of_person(alice, by=second, reason="spam"))
    assert Report.objects.get().complained == Complaint.objects.count() == 3


def test_who_deletes_their_account_takes_what_they_wrote_of_it_along(said: Message, alice: User, bob: User) -> None:
    report = complaint_of(said, bob, details="private words")
    bob.erase()
    complaint = Complaint.objects.get()
    assert (complaint.report, complaint.details, complaint.reason) == (report, "", "spam")


def test_a_report_about_who_deleted_their_account_stays(said: Message, alice: User, bob: User, as_bob: Client) -> None:
    report = complaint_of(said, bob)
    dora = moderator()
    as_dora = signed_in(dora)
    alice.erase()
    assert "Deleted account" in as_dora.get("/admin/chat/report/").content.decode()
    assert as_dora.get(f"/admin/chat/report/{report.pk}/change/").status_code == 200
    report.resolve(by=dora, outcome="nothing")
    assert "A message by Deleted account" in as_bob.get("/reports/").content.decode()


def test_complaining_is_nobody_s_business_in_the_audit_log(said: Message, bob: User) -> None:
    complaint_of(said, bob)
    assert not AuditEntry.objects.exists()


def test_a_fetch_is_led_on_as_a_form_is(said: Message, as_bob: Client) -> None:
    assert as_bob.post(page_of(said), WRONG, headers=HX)["Location"].startswith("/reports/?sent=")
