"""Every account page is ours to look at, and none breaks on what it was not made for."""

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import prove

pytestmark = pytest.mark.once

FOR_ANYONE = [
    "login/",
    "login/code/",
    "account/return/gone/",
    "signup/",
    "inactive/",
    "confirm-email/",
    "confirm-email/gone/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/1-gone/",
    "password/reset/key/done/",
]
FOR_VIEWERS = [
    "email/",
    "password/change/",
    "password/reset/",
    "logout/",
    "reauthenticate/",
    "2fa/",
    "sessions/",
    "account/",
]
AFTER_A_PROOF = [
    "2fa/totp/activate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "account/deactivation/",
    "account/deletion/",
]
FORMS = [
    "login/",
    "login/code/",
    "signup/",
    "password/reset/",
    "password/change/",
    "email/",
    "reauthenticate/",
    "logout/",
    "sessions/",
    "2fa/authenticate/",
    "2fa/reauthenticate/",
    "2fa/totp/activate/",
    "2fa/webauthn/login/",
    "2fa/webauthn/add/",
    "2fa/webauthn/reauthenticate/",
]
FORM = "application/x-www-form-urlencoded"
NAMES = ["login", "email", "password", "password1", "password2", "oldpassword", "username", "name", "next"]
NAMES += ["code", "credential"]
FIELDS = "&".join(f"{name}=%b" for name in NAMES).encode() + b"&action_add="
BODIES = {
    "nothing": (b"", FORM),
    "NUL": (FIELDS.replace(b"%b", b"%00"), FORM),
    "10,000 characters": (FIELDS.replace(b"%b", b"x" * 10_000), FORM),
    "no UTF-8": (FIELDS.replace(b"%b", b"%ff%fe"), FORM),
    "lone surrogates": (FIELDS.replace(b"%b", b"%ed%a0%80"), FORM),
    "everything twice": (FIELDS + b"&" + FIELDS, FORM),
    "1,200 fields": (b"a=1&" * 1200, FORM),
    "3 MB": (b"login=" + b"x" * 3_000_000, FORM),
    "a charset that does not exist": (FIELDS, f"{FORM}; charset=nonsense"),
    "UTF-16": (FIELDS, f"{FORM}; charset=utf-16"),
    "a file": (
        b'--x\r\nContent-Disposition: form-data; name="email"; filename="a"\r\n\r\nfile\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "a broken multipart": (b"junk", "multipart/form-data"),
    "JSON": (b'{"login": 1}', "application/json"),
    "broken JSON": (b"\xff[", "application/json"),
}


@pytest.mark.parametrize("path", FOR_ANYONE)
def test_a_page_for_anyone_is_our_own(client: Client, db: None, path: str) -> None:
    html = client.get(f"/accounts/{path}").content.decode()
    assert '<main class="sheet">' in html
    assert "/static/css/app.css" in html


@pytest.mark.parametrize("path", FOR_VIEWERS)
def test_a_page_for_a_viewer_is_our_own_and_leads_back(as_alice: Client, path: str) -> None:
    html = as_alice.get(f"/accounts/{path}").content.decode()
    assert '<main class="sheet' in html
    assert "/static/css/app.css" in html
    assert 'href="/"' in html


@pytest.mark.parametrize("path", AFTER_A_PROOF)
def test_a_page_behind_a_proof_is_our_own_and_leads_back(as_alice: Client, path: str) -> None:
    prove(as_alice)
    test_a_page_for_a_viewer_is_our_own_and_leads_back(as_alice, path)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", FORMS)
def test_a_form_answers_odd_input_and_changes_nobody(alice: User, as_alice: Client, path: str, body: str) -> None:
    content, kind = BODIES[body]
    for client in (Client(), as_alice):
        client.raise_request_exception = False
        response = client.generic("POST", f"/accounts/{path}", content, kind)
        assert response.status_code in {200, 302, 400, 413}
    assert [(user.handle, user.email) for user in User.objects.all()] == [("alice", "alice@example.com")]
    assert User.objects.get().check_password("wonderland-9")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "head", "trace"])
def test_a_page_answers_methods_that_it_has_not(client: Client, db: None, method: str) -> None:
    for path in FOR_ANYONE:
        assert getattr(client, method)(f"/accounts/{path}").status_code in {200, 302, 405}


@pytest.mark.parametrize("language", ["de", "ar", "xx", "x" * 5000, "\0"])
def test_a_page_answers_in_any_language_that_a_browser_asks_for(client: Client, db: None, language: str) -> None:
    response = client.get("/accounts/login/", headers={"Accept-Language": language})
    assert "Sign in" in response.content.decode()
