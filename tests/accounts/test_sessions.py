"""The list of one's sessions, each in words, and the end of any of them."""

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.devices import in_words
from accounts.models import User
from chatpoc import memory
from tests.conftest import Statements, signed_in

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
PATH = "/accounts/sessions/"


def log_in(email: str, password: str, agent: str, address: str) -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    assert client.post("/accounts/login/", {"login": email, "password": password}).status_code == 302
    return client


@pytest.fixture
def laptop(alice: User) -> Client:
    return log_in(alice.email, "wonderland-9", WINDOWS, "10.0.0.1")


@pytest.fixture
def phone(alice: User) -> Client:
    return log_in(alice.email, "wonderland-9", IPHONE, "10.0.0.2")


def rows(client: Client) -> list[str]:
    html = client.get(PATH).content.decode()
    return [
        " ".join(re.sub(r"<[^>]+>", " ", row).split())
        for row in re.findall(r'<li class="row">(.*?)</li>', html, re.DOTALL)
    ]


def entry(address: str) -> UserSession:
    return UserSession.objects.get(ip=address)


def test_each_session_is_told_in_words_and_this_one_is_marked(laptop: Client, phone: Client, bob: User) -> None:
    log_in(bob.email, "builder-2000", CHROME, "10.0.0.3")
    UserSession.objects.filter(ip="10.0.0.2").update(last_seen_at=timezone.now() - timedelta(hours=2))
    here, there = rows(laptop)
    assert here.startswith("Firefox on Windows This device 10.0.0.1 · since ")
    assert re.fullmatch(r"Safari on an iPhone 10\.0\.0\.2 · last seen 2 hours ago · since .* Sign out there", there)


def test_signing_out_there_ends_that_session_alone(laptop: Client, phone: Client) -> None:
    assert laptop.post(f"{PATH}{entry('10.0.0.2').pk}/")["Location"] == PATH
    assert "Safari on an iPhone is signed out." in laptop.get(PATH).content.decode()
    assert phone.get("/")["Location"] == "/accounts/login/?next=/"
    assert laptop.get("/").status_code == 200


def test_signing_out_everywhere_else_keeps_this_session(laptop: Client, phone: Client) -> None:
    laptop.post(PATH)
    assert phone.get("/").status_code == 302
    assert laptop.get("/").status_code == 200
    assert len(rows(laptop)) == 1


def test_signing_out_here_is_a_log_out(laptop: Client, phone: Client) -> None:
    assert laptop.post(f"{PATH}{entry('10.0.0.1').pk}/")["Location"] == "/accounts/login/"
    assert laptop.get("/").status_code == 302
    assert phone.get("/").status_code == 200


def test_the_list_and_the_end_of_all_cost_the_same_for_many(
    laptop: Client, alice: User, statements: Statements
) -> None:
    laptop.get(PATH)  # the first notes when it was used
    costs = []
    for count in (2, 20):
        for n in range(count):
            log_in(alice.email, "wonderland-9", IPHONE, f"10.0.1.{n}")
        for do in (laptop.get, laptop.post):
            statements.seen.clear()
            do(PATH)
            costs.append(len(statements.seen))
        assert Session.objects.count() == UserSession.objects.count() == 1
    assert costs[:2] == costs[2:]
    assert costs[0] <= 12


def test_what_ended_by_itself_leaves_the_list(laptop: Client, alice: User) -> None:
    for address in ("10.0.0.3", "10.0.0.4", "10.0.0.5"):
        log_in(alice.email, "wonderland-9", IPHONE, address)
    Session.objects.filter(session_key=entry("10.0.0.3").session_key).update(expire_date=timezone.now())
    Session.objects.filter(session_key=entry("10.0.0.4").session_key).delete()
    alice.refresh_from_db()
    assert len(rows(laptop)) == 2
    assert {session.ip for session in UserSession.objects.all()} == {"10.0.0.1", "10.0.0.5"}


def test_a_session_of_a_former_password_leaves_the_list(laptop: Client, phone: Client, alice: User) -> None:
    new = {"oldpassword": "wonderland-9", "password1": "looking-glass-1", "password2": "looking-glass-1"}
    laptop.post("/accounts/password/change/", new)
    assert [row[:20] for row in rows(laptop)] == ["Firefox on Windows T"]


def test_charlie_ends_no_session_of_alice(laptop: Client, charlie: User) -> None:
    attacker = log_in(charlie.email, "chocolate-7", CHROME, "10.0.0.9")
    assert attacker.post(f"{PATH}{entry('10.0.0.1').pk}/").status_code == 404
    attacker.post(PATH)
    assert laptop.get("/").status_code == 200


def test_a_link_or_an_image_ends_no_session(laptop: Client, phone: Client) -> None:
    assert laptop.get(f"{PATH}{entry('10.0.0.2').pk}/")["Location"] == PATH
    assert phone.get("/").status_code == 200


def test_an_entry_deleted_in_the_admin_ends_its_session(laptop: Client, phone: Client, db: None) -> None:
    root = User.objects.create_superuser("root@example.com", "root", "looking-glass-1")
    admin = log_in(root.email, "looking-glass-1", CHROME, "10.0.0.8")
    data = {"action": "delete_selected", "_selected_action": entry("10.0.0.2").pk, "post": "yes"}
    assert admin.post("/admin/usersessions/usersession/", data).status_code == 302
    assert phone.get("/").status_code == 302
    assert laptop.get("/").status_code == 200


def test_the_list_costs_the_same_for_one_session_and_for_twenty(
    laptop: Client, alice: User, statements: Statements
) -> None:
    laptop.get(PATH)
    counts = []
    for many in (0, 20):
        for _ in range(many):
            key = str(signed_in(alice).session.session_key)
            UserSession.objects.create(user=alice, session_key=key, ip="10.0.0.5", user_agent=CHROME)
        statements.seen.clear()
        found = rows(laptop)
        counts.append(len(statements.seen))
        assert len(found) == many + 1
    assert counts[0] == counts[1]


def test_sessions_that_are_over_are_not_listed(laptop: Client, phone: Client, alice: User) -> None:
    Session.objects.filter(session_key=phone.session.session_key).delete()
    assert len(rows(laptop)) == 1
    tablet = log_in(alice.email, "wonderland-9", CHROME, "10.0.0.3")
    alice.set_password("looking-glass-1")  # in a shell
    alice.save()
    fresh = log_in(alice.email, "looking-glass-1", WINDOWS, "10.0.0.4")
    assert [row.partition(" This")[0] for row in rows(fresh)] == ["Firefox on Windows"]
    assert tablet.get("/").status_code == 302


def test_log_out_takes_the_session_from_the_list(laptop: Client, phone: Client) -> None:
    phone.post("/accounts/logout/")
    assert [session.ip for session in UserSession.objects.all()] == ["10.0.0.1"]
    assert Session.objects.count() == 1


def test_last_seen_costs_a_write_every_five_minutes_and_not_each_request(
    laptop: Client, statements: Statements
) -> None:
    cache.clear()
    memory.forget_all()
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(days=3))
    for _ in range(3):
        laptop.get("/", REMOTE_ADDR="10.0.0.77")
    assert len([sql for sql in statements.writes if '"ip"' in sql]) == 1
    assert timezone.now() - UserSession.objects.get().last_seen_at < timedelta(minutes=1)
    assert UserSession.objects.get().ip == "10.0.0.77"


def test_a_session_from_before_there_was_a_list_gets_its_entry(as_alice: Client) -> None:
    cache.clear()
    memory.forget_all()
    assert not UserSession.objects.exists()
    as_alice.get("/", headers={"user-agent": CHROME})
    assert rows(as_alice)[0].startswith("Chrome on Linux This device 127.0.0.1")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WINDOWS, "Firefox on Windows"),
        (IPHONE, "Safari on an iPhone"),
        (CHROME, "Chrome on Linux"),
        (CHROME.replace("X11; Linux x86_64", "Linux; Android 15; Pixel 9"), "Chrome on Android"),
        (CHROME.replace("X11; Linux x86_64", "Macintosh; Intel Mac OS X 10_15_7") + " Edg/142.0", "Edge on a Mac"),
        ("curl/8.5.0", "An unknown browser"),
        ("something on Windows", "A browser on Windows"),
        ("", "An unknown browser"),
        ("<script>" * 100, "An unknown browser"),
    ],
)
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert in_words(agent) == words
