"""The queue of reports in the admin: who sees what, who works on what, and what each verb leaves behind."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from chat.models import Message, Report, Room
from tests.chat.reports import admin_page, complaint_of, do, moderator
from tests.chat.rooms import at_once, refused, room_of
from tests.conftest import Say, Statements, make_person, signed_in

QUEUE = "/admin/chat/report/"


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    return room_of(alice, bob)


@pytest.fixture
def report(room: Room, alice: User, bob: User, say: Say) -> Report:
    return complaint_of(say(room, alice, "buy my watches"), bob, details="He sells <b>watches</b>.")


@pytest.fixture
def dora(db: None) -> User:
    return moderator()


@pytest.fixture
def as_dora(dora: User) -> Client:
    return signed_in(dora)


def noted() -> list[tuple[Any, ...]]:
    return list(AuditEntry.objects.order_by("pk").values_list("what", "by", "thing", "reason", "details"))


def test_a_moderator_takes_gives_back_takes_and_resolves(
    report: Report, alice: User, room: Room, dora: User, as_dora: Client
) -> None:
    for what, state in (("take", "taken"), ("give_back", "open"), ("take", "taken")):
        assert do(as_dora, report, what).status_code == 302
        report.refresh_from_db()
        assert (report.state, report.taken_by) == (state, dora if state == "taken" else None)
    assert do(as_dora, report, "resolve", outcome="acted", note=" warned ").status_code == 302
    report.refresh_from_db()
    assert (report.state, report.outcome, report.note, report.taken_by) == ("resolved", "acted", "warned", dora)
    assert report.resolved_at
    thing = f"report {report.pk}"
    assert noted() == [
        ("took a report", dora.pk, thing, "", ""),
        ("gave a report back", dora.pk, thing, "", ""),
        ("took a report", dora.pk, thing, "", ""),
        ("resolved a report", dora.pk, thing, "warned", "acted"),
    ]
    assert set(AuditEntry.objects.values_list("person", "room_number")) == {(alice.pk, room.pk)}


def test_what_somebody_else_has_taken_is_taken_over_only_knowingly(report: Report, dora: User, as_dora: Client) -> None:
    other = moderator("emil", "Emil Ek")
    report.take(by=other)
    page = as_dora.get(admin_page(report)).content.decode()
    assert "Emil Ek is working on it." in page
    for what, sent in (
        ("take", {}),
        ("take", {"over": dora.pk}),
        ("take", {"over": "x"}),
        ("resolve", {"outcome": "acted", "note": "mine"}),
    ):
        answer = do(as_dora, report, what, **sent)
        assert answer.status_code == 409, (what, sent)
        assert "Emil Ek has taken this report" in answer.content.decode()
    assert "mine" in answer.content.decode(), "what was typed stays"
    assert do(as_dora, report, "give_back").status_code == 409
    assert do(as_dora, report, "take", over=other.pk).status_code == 302
    report.refresh_from_db()
    assert report.taken_by == dora
    assert noted()[-1] == ("took a report", dora.pk, f"report {report.pk}", "", f"over from {other.pk}")


def test_the_message_is_deleted_by_the_verb_that_the_page_has(
    report: Report, dora: User, as_dora: Client, as_bob: Client
) -> None:
    message = report.message
    assert message
    assert do(as_dora, report, "delete", because="").status_code == 422
    assert do(as_dora, report, "delete", because="advertising").status_code == 302
    message.refresh_from_db()
    assert (message.deleted_by, message.deleted_because, message.version) == (dora, "advertising", 2)
    assert "buy my watches" not in as_bob.get(f"/rooms/{message.room_id}/messages/").content.decode()
    page = as_dora.get(admin_page(report)).content.decode()
    assert "A moderator deleted it: advertising" in page
    assert page.count("buy my watches") == 1, "a moderator sees what moderators deleted, and it is as it was"
    assert 'name="because"' not in page


def test_who_may_look_may_not_act_and_who_may_do_neither_is_told_nothing(report: Report, room: Room) -> None:
    looks = signed_in(moderator("luca", "Luca", "view_report"))
    assert looks.get(QUEUE).status_code == looks.get(admin_page(report)).status_code == 200
    assert 'name="do"' not in looks.get(admin_page(report)).content.decode()
    nobody = signed_in(moderator("nils", "Nils", "view_room"))
    assert [nobody.get(path).status_code for path in (QUEUE, admin_page(report), "/admin/chat/report/999/change/")] == [
        403
    ] * 3
    no_messages = signed_in(moderator("mia", "Mia", "view_report", "change_report"))
    for client, what in ((looks, "take"), (looks, "give_back"), (looks, "resolve"), (looks, "delete"), (looks, "x"),
                         (nobody, "take"), (no_messages, "delete")):  # fmt: skip
        assert do(client, report, what, outcome="acted", because="x").status_code == 403, what
    olga = signed_in(moderator("olga", "Olga"))
    assert [olga.get(path).status_code for path in (f"{QUEUE}add/", f"{QUEUE}{report.pk}/delete/")] == [403] * 2
    report.refresh_from_db()
    assert report.state == "open"
    assert not noted()


def test_a_permission_counts_for_nothing_without_the_rest(report: Report, dora: User, alice: User) -> None:
    dora.is_staff = False
    assert refused(lambda: report.take(by=dora)) == "Only moderators of the whole chat work on reports."
    assert refused(lambda: report.resolve(by=alice, outcome="nothing"))


def test_a_moderator_neither_sees_nor_decides_what_is_about_themselves(
    room: Room, bob: User, dora: User, as_dora: Client, say: Say
) -> None:
    room.join(dora)
    report = complaint_of(say(room, dora, "canary"), bob)
    assert "canary" not in as_dora.get(QUEUE).content.decode()
    assert as_dora.get(admin_page(report)).status_code == 302
    assert do(as_dora, report, "resolve", outcome="nothing").status_code == 302
    assert '"unread"' not in as_dora.get("/reports/open/").content.decode()
    assert "is about you" in refused(lambda: report.resolve(by=dora, outcome="nothing"))
    root = make_person("root", "Root", is_staff=True, is_superuser=True)
    room.join(root)
    about_root, as_root = complaint_of(say(room, root, "mine"), bob), signed_in(root)
    assert "This report is about you." in as_root.get(admin_page(about_root)).content.decode()
    for what in ("take", "resolve", "delete"):
        assert do(as_root, about_root, what, outcome="nothing", because="x").status_code == 409
    assert not Message.objects.filter(deleted_at__isnull=False).exists()
    about_root.refresh_from_db()
    assert about_root.state == "open"


def test_its_context_is_ten_messages_around_and_of_two_people_three(
    room: Room, direct: Room, alice: User, bob: User, as_dora: Client, say: Say
) -> None:
    for place, far in ((room, 10), (direct, 3)):
        messages = [say(place, (alice, bob)[number % 2], f"line-{number}.") for number in range(40)]
        messages[21].delete_by(bob)
        messages[19].take_down(by=moderator(f"m{far}x", "M"), because="rude")
        page = as_dora.get(admin_page(complaint_of(messages[20], bob))).content.decode()
        shown = [number for number in range(40) if f"line-{number}." in page]
        assert shown == [number for number in range(20 - far, 21 + far) if number != 21]
        assert "Its author deleted it." in page
        assert "A moderator deleted it: rude" in page


def test_what_was_edited_or_deleted_since_is_shown_as_it_was(report: Report, alice: User, as_dora: Client) -> None:
    message = report.message
    assert message
    assert "As it was" not in as_dora.get(admin_page(report)).content.decode()
    message.edit_by(alice, body="hello, dear all")
    page = as_dora.get(admin_page(report)).content.decode()
    assert "It was edited since." in page
    assert "buy my watches" in page
    assert "hello, dear all" in page
    message.delete_by(alice)
    page = as_dora.get(admin_page(report)).content.decode()
    assert "It was deleted since." in page
    assert "buy my watches" in page
    assert "hello, dear all" not in page
    assert "He sells &lt;b&gt;watches&lt;/b&gt;." in page


def test_the_queue_has_what_is_to_be_done_and_filters_the_rest(
    room: Room, alice: User, bob: User, charlie: User, dora: User, as_dora: Client, say: Say
) -> None:
    room.join(charlie)
    reports = [
        complaint_of(say(room, alice, "first"), bob, "spam"),
        complaint_of(say(room, charlie, "second"), bob, "hate"),
        complaint_of(say(room, bob, "third"), alice, "spam"),
    ]
    complaint_of(reports[0].message, charlie, "hate")  # type: ignore[arg-type]
    reports[1].take(by=dora)
    reports[2].resolve(by=dora, outcome="nothing")
    Report.objects.of_person(alice, by=bob, reason="other", details="fourth")

    def listed(query: str = "") -> list[int]:
        return [row.pk for row in as_dora.get(f"{QUEUE}{query}").context["cl"].result_list]

    about_alice = Report.objects.get(message=None).pk
    first, second, third = (report.pk for report in reports)
    assert listed() == [about_alice, first, second], "open before taken, the newest complaint first"
    Report.objects.filter(pk=first).update(last_at=timezone.now())
    assert listed() == [first, about_alice, second]
    assert listed("?state=resolved") == [third]
    assert listed("?state=taken") == [second] == listed("?mine=yes")
    assert listed("?reason=hate") == [first, second]
    assert listed("?kind=person") == [about_alice]
    assert listed("?kind=message") == [first, second]
    assert listed("?q=@alice") == [first, about_alice]
    assert listed("?q=lindqvist") == [second]
    assert listed(f"?q={'x' * 5000}") == []
    assert as_dora.get(f"{QUEUE}?note__startswith=x").status_code == 400, "what is not offered is not looked up"
    assert "Hate, Spam or advertising" in as_dora.get(QUEUE).content.decode()


def test_no_page_of_the_queue_costs_more_with_more_rows(
    room: Room, alice: User, bob: User, as_dora: Client, say: Say, statements: Statements
) -> None:
    costs = []
    for upto in (2, 12):
        for number in range(Report.objects.count(), upto):
            report = complaint_of(say(room, alice, f"offer {number}"), bob)
        for person in range(upto):
            other = make_person(f"w{upto}x{person}", f"Witness {person}")
            room.join(other)
            complaint_of(report.message, other)  # type: ignore[arg-type]
        for path in (QUEUE, admin_page(report)):
            statements.seen.clear()
            assert as_dora.get(path).status_code == 200
            costs.append(len(statements.seen))
    assert costs[:2] == costs[2:], costs
    assert max(costs) <= 16, statements.seen


def test_the_index_counts_what_waits_for_who_may_look(report: Report, as_dora: Client) -> None:
    assert "1 report waits for a moderator" in as_dora.get("/admin/").content.decode()
    assert (
        "waits for a moderator" not in signed_in(moderator("nils", "Nils", "view_room")).get("/admin/").content.decode()
    )


def test_earlier_reports_about_the_same_person_are_linked(
    report: Report, alice: User, bob: User, as_dora: Client
) -> None:
    complaint, _new = Report.objects.of_person(alice, by=bob, reason="spam")
    page = as_dora.get(admin_page(report)).content.decode()
    assert "1 other report about them:" in page
    assert admin_page(complaint.report) in page


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_or_resolve_it_at_once_one_is_told(report: Report, dora: User) -> None:
    other = moderator("emil", "Emil Ek")
    results = at_once(
        lambda: Report.objects.get(pk=report.pk).take(by=dora), lambda: Report.objects.get(pk=report.pk).take(by=other)
    )
    assert sorted("taken" in str(result) for result in results) == [False, True]
    report.refresh_from_db()
    has_it = report.taken_by
    results = at_once(*[lambda: Report.objects.get(pk=report.pk).resolve(by=has_it, outcome="acted")] * 2)
    assert sorted("resolved meanwhile" in str(result) for result in results) == [False, True]
    assert [entry[0] for entry in noted()] == ["took a report", "resolved a report"]


@pytest.mark.django_db(transaction=True)
def test_a_complaint_that_comes_while_a_report_is_resolved_joins_it_or_opens_another(
    report: Report, room: Room, charlie: User, dora: User
) -> None:
    room.join(charlie)
    message = report.message
    assert message
    at_once(
        lambda: complaint_of(message, charlie),
        lambda: Report.objects.get(pk=report.pk).resolve(by=dora, outcome="nothing"),
    )
    states = list(Report.objects.order_by("pk").values_list("state", "complained"))
    assert states in ([("resolved", 2)], [("resolved", 1), ("open", 1)]), connection.vendor
