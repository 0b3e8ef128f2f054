"""Log-in and log-out."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import signed_in

pytestmark = pytest.mark.once

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "https:evil.example",
    "http:///evil.example",
    "\thttps://evil.example",
    "\0//evil.example",
    "https://testserver@evil.example/",
    "javascript:alert(1)",
    "http://[",
]


def log_in(client: Client, email: str, password: str, **more: str) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password} | more)


def viewer(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@Example.com", "  alice@example.com "])
def test_an_email_in_any_case_signs_in(client: Client, alice: User, email: str) -> None:
    response = log_in(client, email, "wonderland-9")
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert viewer(client) == str(alice.pk)


def test_log_in_leads_to_the_page_that_was_asked_for(client: Client, alice: User) -> None:
    asked = client.get("/people/?q=bob")
    page = client.get(asked["Location"])
    assert 'name="next" value="/people/?q=bob"' in page.content.decode()
    assert log_in(client, alice.email, "wonderland-9", next="/people/?q=bob")["Location"] == "/people/?q=bob"


@pytest.mark.parametrize("url", ELSEWHERE)
def test_next_cannot_lead_to_another_site(alice: User, url: str) -> None:
    client = Client()
    assert client.get("/accounts/login/", {"next": url}).status_code == 200
    assert log_in(client, alice.email, "wonderland-9", next=url)["Location"] == "/"
    assert client.get("/accounts/login/", {"next": url})["Location"] == "/", "when signed in already"
    assert client.post("/accounts/logout/", {"next": url})["Location"] == "/"
    data = {"name": "Dora", "username": "dora", "email": "dora@example.com", "password1": "a-fine-pass-99", "next": url}
    assert client.post("/accounts/signup/", data)["Location"] == "/"


def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(alice: User) -> None:
    answers = set()
    for email, password in [
        ("alice@example.com", "builder-2000"),
        ("nobody@example.com", "builder-2000"),
        ("alice@example.com", " wonderland-9"),
    ]:
        client = Client()
        response = log_in(client, email, password)
        html = response.content.decode()
        assert f'value="{email}"' in html
        assert password not in html
        assert viewer(client) is None
        form = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html[html.index("</h1>") :].replace(email, ""))
        answers.add(form[form.index('role="alert"') :])
    assert len(answers) == 1
    assert "are not correct" in answers.pop()


def test_someone_inactive_is_told_so_only_with_the_right_password(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert "are not correct" in log_in(client, alice.email, "wrong").content.decode()
    assert log_in(client, alice.email, "wonderland-9")["Location"] == "/accounts/inactive/"
    assert viewer(client) is None


def test_guessing_a_password_is_stopped_also_from_other_addresses(alice: User) -> None:
    for address in range(5):
        client = Client(REMOTE_ADDR=f"10.0.0.{address}")
        assert "are not correct" in log_in(client, alice.email, "guess").content.decode()
    client = Client(REMOTE_ADDR="10.0.1.1")
    assert "Too many failed" in log_in(client, alice.email, "wonderland-9").content.decode()
    assert viewer(client) is None


def test_the_admin_has_no_log_in_of_its_own_to_guess_at(client: Client, alice: User) -> None:
    response = client.post("/admin/login/?next=/admin/", {"username": alice.email, "password": "guess"})
    assert response["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    assert signed_in(alice).get("/admin/", follow=True).status_code == 403


def test_log_out_asks_first_and_then_ends_the_session(client: Client, alice: User) -> None:
    log_in(client, alice.email, "wonderland-9")
    old = client.cookies["sessionid"].value
    assert 'class="sheet"' in client.get("/accounts/logout/").content.decode()
    assert viewer(client) == str(alice.pk), "a link or an image cannot sign anyone out"
    assert client.post("/accounts/logout/")["Location"] == "/"
    client.cookies["sessionid"] = old
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


@pytest.mark.parametrize(
    ("referer", "expected"),
    [
        ("http://testserver/people/?q=bob", "/people/?q=bob"),
        ("http://testserver", "/"),
        ("https://evil.example/people/", "/"),
        ("http://testserver.evil.example/", "/"),
        ("//testserver//evil.example/", "/"),
        ("http://testserver//evil.example/", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_who_was_signed_out_while_a_form_was_open_goes_on_where_the_form_stood(
    client: Client, alice: User, referer: str, expected: str
) -> None:
    sent = client.post("/people/bob/conversation/", headers={"referer": referer} if referer else {})
    answer = client.post(sent["Location"], {"login": alice.email, "password": "wonderland-9"})
    assert answer["Location"] == expected


@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/accounts/profile/picture/", "/accounts/profile/"),
        ("/accounts/sessions/1/", "/accounts/sessions/"),
    ],
)
def test_where_a_form_is_sent_to_leads_to_its_page(as_alice: Client, form: str, page: str) -> None:
    assert as_alice.get(form)["Location"] == page
