"""What came of a report, as who complained is told: that it was looked at, and whether something was done. Nothing else."""

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Complaint, Message, Report, Room
from tests.chat.own import HX
from tests.chat.reports import complaint_of, moderator
from tests.chat.rooms import room_of
from tests.conftest import Say, Statements, signed_in

pytestmark = pytest.mark.once

SECRETS = ("canary-charlie", "canary-because", "canary-note", "Dora", "Charlie")
NOTICE = "The message that you reported was looked at:"


@pytest.fixture
def room(alice: User, bob: User, charlie: User) -> Room:
    room = room_of(alice, bob)
    room.join(charlie)
    return room


@pytest.fixture
def said(room: Room, alice: User, say: Say) -> Message:
    return say(room, alice, "buy my watches")


@pytest.mark.parametrize(
    ("outcome", "words"), [("acted", "something was done."), ("nothing", "nothing was wrong with it.")]
)
def test_a_notice_on_every_page_until_it_is_put_away(
    said: Message, bob: User, charlie: User, as_bob: Client, as_charlie: Client, outcome: str, words: str
) -> None:
    report = complaint_of(said, bob, details="canary-bob")
    complaint_of(said, charlie, details="canary-charlie")
    assert NOTICE not in as_bob.get("/").content.decode()
    said.take_down(by=(dora := moderator()), because="canary-because")
    report.resolve(by=dora, outcome=outcome, note="canary-note")
    assert words in as_bob.get("/people/").content.decode()
    for path in ("/", "/reports/", "/reports/outcomes/"):
        shown = as_bob.get(path).content.decode()
        assert NOTICE in shown
        assert not [secret for secret in SECRETS if secret in shown]
    own = Complaint.objects.get(by=bob)
    answer = as_bob.post(f"/reports/{own.pk}/told/", headers=HX)
    assert (answer.status_code, NOTICE in answer.content.decode()) == (200, False)
    assert NOTICE not in as_bob.get("/").content.decode()
    assert NOTICE in as_charlie.get("/").content.decode(), "each puts away their own"
    assert as_charlie.post(f"/reports/{own.pk}/told/").status_code == 404


def test_what_is_not_resolved_cannot_be_put_away(said: Message, bob: User, as_bob: Client) -> None:
    complaint_of(said, bob)
    own = Complaint.objects.get()
    assert as_bob.post(f"/reports/{own.pk}/told/")["Location"] == "/reports/"
    own.refresh_from_db()
    assert own.told_at is None


def test_the_list_says_how_far_each_is_and_leads_to_what_may_still_be_read(
    said: Message, room: Room, bob: User, as_bob: Client, as_charlie: Client
) -> None:
    report, dora = complaint_of(said, bob, "hate", "what I said"), moderator()
    link = f'href="/rooms/{room.pk}/messages/{said.seq}/"'
    page = as_bob.get("/reports/").content.decode()
    assert all(
        text in page for text in ("A message by Alice Moreau", "Hate", "what I said", "It waits for a moderator.", link)
    )
    report.take(by=dora)
    assert "A moderator is looking at it." in as_bob.get("/reports/list/").content.decode()
    report.resolve(by=dora, outcome="nothing")
    assert "It was looked at: nothing was wrong with it." in as_bob.get("/reports/list/").content.decode()
    room.memberships.filter(user=bob).delete()
    assert link not in as_bob.get("/reports/").content.decode()
    assert "You have reported nothing" in as_charlie.get("/reports/").content.decode()


def test_a_long_list_comes_by_pages_at_the_same_cost(
    room: Room, alice: User, bob: User, as_bob: Client, say: Say, statements: Statements
) -> None:
    costs = []
    for upto in (2, 25):
        for number in range(Report.objects.count(), upto):
            complaint_of(say(room, alice, f"offer {number}"), bob, details=f"offer {number}.")
        statements.seen.clear()
        page = as_bob.get("/reports/").content.decode()
        costs.append(len(statements.seen))
    assert costs[0] == costs[1] <= 12, statements.seen
    assert "offer 24." in page
    assert "offer 4." not in page
    oldest = Complaint.objects.get(details="offer 5.").pk
    assert f"?before={oldest}" in page
    older = as_bob.get(f"/reports/?before={oldest}").content.decode()
    assert "offer 4." in older
    assert "offer 5." not in older
    assert as_bob.get("/reports/?before=x").status_code == 400


def test_thanks_are_for_one_s_own_complaint(said: Message, bob: User, as_charlie: Client) -> None:
    complaint_of(said, bob)
    assert "Thank you" not in as_charlie.get(f"/reports/?sent={Complaint.objects.get().pk}").content.decode()


def test_how_many_wait_is_for_who_may_look_and_counts_nothing_about_themselves(
    said: Message, room: Room, alice: User, bob: User, as_bob: Client, say: Say
) -> None:
    complaint_of(said, bob)
    dora = moderator()
    as_dora = signed_in(dora)
    assert "1 report waits for a moderator" in as_dora.get("/").content.decode()
    room.join(dora)
    complaint_of(say(room, dora, "rude"), bob)
    fragment = as_dora.get("/reports/open/", headers=HX)
    assert "1 report waits for a moderator" in fragment.content.decode()
    assert as_bob.get("/reports/open/").status_code == 404
    assert "waits for a moderator" not in as_bob.get("/").content.decode()
    dora.user_permissions.clear()
    again = signed_in(User.objects.get(pk=dora.pk)).get("/reports/open/", headers=HX | {"HX-PTag": fragment["HX-PTag"]})
    assert again.status_code == 404, "also where nothing changed"
