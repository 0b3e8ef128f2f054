"""In which language an answer is: the browser's, or the one that was chosen; and nothing keeps one for the other."""

import json
import re
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import translation

from accounts.models import User
from chat.models import Room
from chatpoc.language import version_of
from tests.conftest import Say, prove, signed_in
from tests.site.test_headers import ENTRANCES, PAGES

pytestmark = pytest.mark.once

POLISH = {"Accept-Language": "pl-PL,pl;q=0.9,en;q=0.5"}


@pytest.fixture(autouse=True)
def _english_again() -> Any:
    """The test client answers in this thread, and what it made the language stays."""
    yield
    translation.activate("en")


def language_of(answer: Any) -> str:
    found = re.search(r'<html lang="(\w+)"', answer.content.decode())
    assert found
    assert answer["Content-Language"] == found[1]
    return found[1]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("pl", "pl"),
        ("pl-PL,pl;q=0.9,en;q=0.5", "pl"),
        ("en-GB,en;q=0.9,pl;q=0.5", "en"),
        ("de,pl;q=0.5", "pl"),
        ("de,fr", "en"),
        ("*", "en"),
        ("", "en"),
        ("pl" * 5000, "en"),
        ("\0", "en"),
    ],
)
def test_the_browser_says_which(client: Client, db: None, asked: str, given: str) -> None:
    answer = client.get("/accounts/login/", headers={"Accept-Language": asked})
    assert language_of(answer) == given
    assert ("Zaloguj się" if given == "pl" else "Sign in") in answer.content.decode()


def test_a_choice_counts_more_than_the_browser_and_leads_back(client: Client, alice: User) -> None:
    page = "http://testserver/accounts/login/?next=/people/"
    chosen = client.post("/language/", {"language": "pl"}, headers={"Referer": page})
    assert (chosen.status_code, chosen["Location"]) == (302, page)
    cookie = client.cookies["language"]
    assert (cookie["samesite"], cookie["httponly"], cookie["path"]) == ("Lax", True, "/")
    assert language_of(client.get("/accounts/login/")) == "pl"
    client.post("/language/", {"language": "en"})
    assert language_of(client.get("/accounts/login/", headers=POLISH)) == "en"


@pytest.mark.parametrize("language", ["de", "xx", "../../etc", "pl\0", "", "p" * 5000])
def test_a_language_that_there_is_not_changes_nothing(client: Client, db: None, language: str) -> None:
    assert client.post("/language/", {"language": language}).status_code == 302
    assert language_of(client.get("/accounts/login/", headers=POLISH)) == "pl"


def test_a_choice_leads_nowhere_else_and_needs_a_form_of_ours(client: Client, db: None) -> None:
    away = client.post("/language/", {"language": "pl", "next": "https://evil.example/"}, headers={"Referer": "//evil"})
    assert away["Location"] == "/"
    assert client.get("/language/?language=pl").status_code == 302
    assert Client(enforce_csrf_checks=True).post("/language/", {"language": "pl"}).status_code == 403


def test_every_page_is_in_one_language_and_says_what_it_depends_on(
    as_alice: Client, client: Client, direct: Room, bob: User
) -> None:
    prove(as_alice)
    for who, paths in (
        (as_alice, [*PAGES, f"/rooms/{direct.pk}/", f"/people/{bob.pk}/", "/accounts/profile/"]),
        (client, ENTRANCES),
    ):
        for path in paths:
            answer = who.get(path, headers=POLISH, follow=True)
            assert language_of(answer) == "pl", path
            assert {"Accept-Language", "Cookie"} <= set(re.split(r",\s*", answer["Vary"])), path


def test_a_fragment_does_not_stay_in_the_other_language(as_alice: Client, direct: Room) -> None:
    path = f"/rooms/{Room.objects.lobby().pk}/"
    Room.objects.lobby().join(User.objects.get(handle="alice"))
    first = as_alice.get(f"{path}header/")
    assert "1 member<" in first.content.decode()
    had = {"HX-PTag": first["HX-PTag"]}
    assert as_alice.get(f"{path}header/", headers=had).status_code == 304
    other = as_alice.get(f"{path}header/", headers=POLISH | had)
    assert other.status_code == 200
    assert "1 osoba<" in other.content.decode()
    assert as_alice.get(f"{path}header/", headers=POLISH | {"HX-PTag": other["HX-PTag"]}).status_code == 304


@pytest.mark.parametrize(
    ("many", "words"), [(1, "1 osoba"), (2, "2 osoby"), (5, "5 osób"), (12, "12 osób"), (22, "22 osoby")]
)
def test_polish_counts_in_three_ways(as_alice: Client, alice: User, many: int, words: str) -> None:
    room = Room.objects.lobby()
    for number in range(many - 1):
        room.join(User.objects.create_user(f"p{number}@example.com", f"person{number}"))
    room.join(alice)
    assert f"{words}<" in as_alice.get(f"/rooms/{room.pk}/header/", headers=POLISH).content.decode()


def test_a_message_is_the_same_in_every_language(
    as_alice: Client, as_bob: Client, direct: Room, say: Say, bob: User
) -> None:
    say(direct, bob, "cześć, שלום")
    one, other = (
        who.get(f"/rooms/{direct.pk}/messages/?since=0", headers=asked).content
        for who, asked in ((as_alice, {}), (as_bob, POLISH))
    )
    assert one == other


def test_refusals_are_in_the_language_too(as_alice: Client, direct: Room) -> None:
    refused = as_alice.post(f"/rooms/{direct.pk}/messages/", {"body": " "}, headers=POLISH | {"HX-Request": "true"})
    assert "Najpierw coś napisz." in refused.content.decode()
    out = Client().get("/people/", headers=POLISH | {"HX-Request": "true"})
    assert (out.status_code, out.content.decode()) == (401, "Sesja jest wylogowana.")
    stale = Client(enforce_csrf_checks=True).post("/language/", {}, headers=POLISH | {"HX-Request": "true"})
    assert stale.content.decode().startswith("Ta strona jest zbyt stara")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nothing/", 404, "Nic tu nie ma"),
        ("/admin/", 403, "Nie możesz tego zrobić."),
        ("/people/%00/conversation/", 400, "To się nie udało"),
    ],
)
def test_an_error_is_in_the_language(as_alice: Client, path: str, status: int, words: str) -> None:
    answer = as_alice.get(path, headers=POLISH, follow=True)
    assert (answer.status_code, language_of(answer)) == (status, "pl")
    assert words in answer.content.decode()


def test_a_failure_of_ours_and_too_many_tries_are_in_the_language(
    alice: User, as_alice: Client, monkeypatch: Any
) -> None:
    for _ in range(12):
        limited = Client().post("/accounts/login/", {"login": "alice", "password": "x"}, headers=POLISH)
    assert language_of(limited) == "pl"
    monkeypatch.setattr("chat.views.people.Order", None)
    as_alice.raise_request_exception = False
    failed = as_alice.get("/people/", headers=POLISH)
    assert (failed.status_code, language_of(failed)) == (500, "pl")
    assert "Coś się u nas zepsuło." in failed.content.decode()


def test_a_mail_is_in_the_language_of_who_asked_for_it(
    client: Client, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    client.post("/accounts/password/reset/", {"email": alice.email}, headers=POLISH)
    [mail] = mailoutbox
    assert mail.subject == "[ChatPOC] Wybierz nowe hasło"
    assert "Ktoś, prawdopodobnie Ty, nie pamięta hasła do konta Alice Moreau (@alice)." in mail.body


def test_forms_and_what_is_wrong_with_them_are_in_the_language(client: Client, db: None) -> None:
    data = {"name": "", "username": "9abc", "email": "no", "password1": "123"}
    html = client.post("/accounts/signup/", data, headers=POLISH).content.decode()
    for words in ("Twoje imię", "Nick ma od 3 do 30 małych liter", "To pole jest wymagane.", "Wprowadź poprawny adres"):
        assert words in html


def test_the_admin_is_in_the_language(db: None) -> None:
    root = signed_in(User.objects.create_superuser("root@example.com", "root"))
    answer = root.get("/admin/accounts/user/", headers=POLISH)
    assert language_of(answer) == "pl"
    assert "Zablokuj dostęp" in answer.content.decode()


def test_the_browsers_own_words_are_there_and_may_be_kept(client: Client, as_alice: Client) -> None:
    page = as_alice.get("/", headers=POLISH).content.decode()
    address = f"/words/pl-{version_of('pl')}.js"
    assert f'<script src="{address}"></script>' in page
    assert page.index(address) < page.index("js/app.js"), "a module that comes first would speak English"
    words = client.get(address)
    assert words["Cache-Control"] == "public, max-age=31536000, immutable"
    assert words["Content-Type"].startswith("text/javascript")
    catalog = json.loads(re.search(r"const newcatalog = ({.*?\n  });", words.content.decode(), re.DOTALL)[1])  # type: ignore[index]
    assert catalog["Yesterday"] == "Wczoraj"
    assert len(catalog["%s here"]) == 3
    assert "n % 10" in words.content.decode(), "how Polish counts"
    assert len(words.content) < 16_000
    assert client.get("/words/pl-older.js")["Cache-Control"] == "no-cache"
    for language in ("en", "de", "..", "pl%00"):
        assert client.get(f"/words/{language}-1.js").status_code in {400, 404}
    assert "/words/" not in as_alice.get("/").content.decode(), "English is in the sources"


def test_asking_for_the_words_of_any_language_fills_no_memory(client: Client) -> None:
    before = version_of.cache_info().currsize
    for number in range(5):
        assert client.get(f"/words/invented{number}-1.js").status_code == 404
    assert version_of.cache_info().currsize == before
