"""Whichever statement the database does not answer any more: nobody gets a 500, and what was typed is not lost."""

import io
import logging
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.models import Message, Room
from chatpoc import memory
from chatpoc.logs import InOneLine
from tests.conftest import signed_in
from tests.database.breaking import SECRET, away_from

pytestmark = pytest.mark.once  # the fault is made on this side of either database

HX = {"HX-Request": "true"}
MOST = 60  # statements of a request

Ask = Callable[[Client], Any]


@pytest.fixture
def browser(transactional_db: None, alice: User) -> Client:
    client = signed_in(alice)
    client.raise_request_exception = False
    return client


def assert_told_to_come_again(answer: Any) -> None:
    assert answer.status_code == 503, answer.status_code
    assert int(answer["Retry-After"]) > 0
    assert answer["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in answer
    assert SECRET not in answer.content.decode()
    assert not answer.cookies, "no cookie goes, and no session"


def until_it_is_not_missed(browser: Client, ask: Ask) -> int:
    """Ask again and again, each time with one more statement answered; returns how many it takes."""
    for first in range(MOST):
        with away_from(first) as away:
            answer = ask(browser)
        if away.asked <= first:
            assert answer.status_code < 400, answer.status_code
            return first
        if answer.status_code != 503:
            assert answer.status_code < 400, (
                f"{answer.status_code} without the statement {first}"
            )  # it could do without
        else:
            assert_told_to_come_again(answer)
    raise AssertionError("it never ends")


@pytest.mark.parametrize("path", ["/", "/rooms/{}/", "/accounts/sessions/", "/admin/"])
def test_a_page(browser: Client, alice: User, direct: Room, path: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    assert until_it_is_not_missed(browser, lambda browser: browser.get(path.format(direct.pk))) > 2


@pytest.mark.parametrize("path", ["/rooms/{}/header/", "/conversations/", "/rooms/{}/messages/?before=5"])
def test_a_fragment(browser: Client, direct: Room, path: str) -> None:
    found: list[Any] = []

    def fetch(browser: Client) -> Any:
        found.append(browser.get(path.format(direct.pk), headers=HX))
        return found[-1]

    assert until_it_is_not_missed(browser, fetch) > 2
    assert found[0]["Content-Type"].startswith("text/plain")
    assert "try again" in found[0].content.decode()


def test_a_message_that_is_sent_until_it_is_taken_is_there_once(browser: Client, direct: Room) -> None:
    for number in range(3):
        said = {"client_id": str(uuid.uuid4()), "body": f"said {number}"}

        def send(browser: Client, said: dict[str, str] = said) -> Any:
            return browser.post(f"/rooms/{direct.pk}/messages/", said, headers=HX)

        assert until_it_is_not_missed(browser, send) > 4
    kept = Message.objects.filter(room=direct).order_by("seq")
    assert [(one.seq, one.body) for one in kept] == [(1, "said 0"), (2, "said 1"), (3, "said 2")]


def test_a_log_in_and_no_guess_is_counted(transactional_db: None, alice: User) -> None:
    browser = Client(raise_request_exception=False)
    who = {"login": "alice", "password": "wonderland-9"}

    def log_in(browser: Client) -> Any:
        browser.cookies.clear()
        return browser.post("/accounts/login/", who)

    until_it_is_not_missed(browser, log_in)
    assert browser.get("/", follow=True).context["user"] == alice


def test_a_page_without_javascript_holds_what_was_typed_and_sends_it_again(browser: Client, direct: Room) -> None:
    said = {
        "client_id": str(uuid.uuid4()),
        "body": "\na <b>long</b>\nletter & more",
        "csrfmiddlewaretoken": "as it came",
    }
    address = f"/rooms/{direct.pk}/messages/?x=1"
    with away_from(3):
        answer = browser.post(address, said)
    assert_told_to_come_again(answer)
    page = answer.content.decode()
    assert f' method="post" action="{address}">' in page
    [typed] = re.findall(r'<textarea id="kept" name="body"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert hidden | {"body": unescape(typed)} == said, "with the token that came, not one that vouches for another site"
    assert browser.post(address, hidden | {"body": unescape(typed)}).status_code == 302
    assert [one.body for one in direct.messages.all()] == [said["body"].strip()]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/accounts/login/", {"login": "alice", "password": "wonderland-9"}),
        ("/accounts/password/change/", {"oldpassword": "wonderland-9", "password1": "wonderland-10"}),
        ("/accounts/profile/picture/", {"picture": None}),
    ],
)
def test_a_secret_or_a_file_is_sent_again_from_the_page_before(
    browser: Client, path: str, fields: dict[str, Any]
) -> None:
    if "picture" in fields:
        fields = {"picture": SimpleUploadedFile("me.png", b"\x89PNG")}
    browser = browser if "login" not in fields else Client(raise_request_exception=False)
    with away_from(0):
        answer = browser.post(path, fields)
    assert_told_to_come_again(answer)
    page = answer.content.decode()
    assert "Go back, and send it once more." in page
    assert "<form" not in page
    assert "wonderland" not in page


def test_it_says_so_in_the_language_of_the_page(browser: Client, direct: Room) -> None:
    with away_from(0):
        answer = browser.get(f"/rooms/{direct.pk}/", headers={"Accept-Language": "pl"})
    assert "Spróbuj ponownie" in answer.content.decode()
    assert f'href="/rooms/{direct.pk}/"' in answer.content.decode()


def test_the_log_has_a_line_for_it_and_not_what_was_written(
    browser: Client, direct: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(InOneLine())
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    with away_from(5):
        browser.post(f"/rooms/{direct.pk}/messages/", {"client_id": str(uuid.uuid4()), "body": "nobody else's"})
    lines = written.getvalue().splitlines()
    assert lines == [f"Service Unavailable: /rooms/{direct.pk}/messages/ (the database: OperationalError)"]
    logging.getLogger("django.request").error("Another fault", exc_info=ZeroDivisionError("of our own"))
    assert "of our own" in written.getvalue()


def test_our_own_faults_are_no_troubles(browser: Client, direct: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: Any) -> None:
        Room.objects.extra(where=["no_such_column = 1"]).first()

    monkeypatch.setattr("chat.views.messages.find_room", wrong)
    answer = browser.get(f"/rooms/{direct.pk}/messages/")
    assert answer.status_code == 500
    assert "Retry-After" not in answer


def test_a_session_that_could_not_be_stored_is_not_one_that_ended(browser: Client, direct: Room, alice: User) -> None:
    """A message is in by then: who sent it has to try again, which makes no second one, and not to think it refused."""
    session = browser.session
    session.set_expiry(timezone.now() + timedelta(minutes=5))
    session.save()
    memory.forget_all()
    cache.clear()  # its use was not noted lately, so that it is moved on, and stored at the end of the answer
    sent = {"client_id": str(uuid.uuid4()), "body": "taken"}
    with away_from(0, only='UPDATE "django_session"'):
        assert_told_to_come_again(browser.post(f"/rooms/{direct.pk}/messages/", sent, headers=HX))
    assert browser.post(f"/rooms/{direct.pk}/messages/", sent, headers=HX).status_code == 201
    assert Message.objects.filter(author=alice).count() == 1
