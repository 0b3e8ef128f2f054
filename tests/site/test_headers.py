"""What every answer forbids the browser to do, errors and the admin included."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Room
from tests.conftest import prove, signed_in
from tests.site.test_doors import ROUTES, example

pytestmark = pytest.mark.once

PAGES = [
    "/",
    "/people/",
    "/rooms/",
    "/rooms/new/",
    "/reports/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/sessions/",
    "/accounts/blocked/",
    "/accounts/account/",
    "/accounts/account/deactivation/",
    "/accounts/account/deletion/",
]
ENTRANCES = [
    "/accounts/login/?next=/people/",
    "/accounts/login/code/",
    "/accounts/account/return/gone/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/key/1-gone/",
    "/accounts/confirm-email/gone/",
    "/dev/mailbox/",
    "/nothing/here/",
]
ALONE = {"'self'", "'none'"}
ALLOWED = {"img-src": ALONE | {"data:", "blob:"}}  # blob: is a file that was chosen on this page


def assert_guarded(answer: Any) -> None:
    if answer.get("Content-Type", "").startswith("text/"):
        assert "charset=utf-8" in answer["Content-Type"].lower().replace('"', "")
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    for directive, sources in policy.items():
        found = {source for source in sources.split() if not re.fullmatch(r"'nonce-[\w+/=-]{16,}'", source)}
        assert found <= ALLOWED.get(directive, ALONE), directive
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'", "it does not fall back to default-src"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Opener-Policy"] == answer["Cross-Origin-Resource-Policy"] == "same-origin"
    permitted = dict(part.strip().split("=") for part in answer["Permissions-Policy"].split(","))
    assert {permitted[feature] for feature in ("camera", "microphone", "geolocation", "payment", "usb")} == {"()"}
    assert permitted["publickey-credentials-get"] == permitted["publickey-credentials-create"] == "(self)"


@pytest.mark.parametrize("who", ["anonymous", "alice", "root"])
def test_every_address_is_guarded_for_whoever_comes(db: None, who: str, alice: User, direct: Room) -> None:
    people = {"alice": alice, "root": User.objects.create_superuser("root@example.com", "root", "wonderland-9")}
    client = signed_in(people[who]) if who in people else Client()
    client.raise_request_exception = False
    if who in people:
        prove(client)
    for route in ROUTES:
        assert_guarded(client.get(example(route)))


def test_every_page_is_guarded(as_alice: Client, client: Client, direct: Room) -> None:
    prove(as_alice)
    for path in [*PAGES, f"/rooms/{direct.pk}/", f"/rooms/{direct.pk}/messages/", f"/rooms/{direct.pk}/messages/own/"]:
        assert_guarded(as_alice.get(path))
    for path in [*ENTRANCES, "/", "/admin/", "/admin/login/"]:
        assert_guarded(client.get(path))


@pytest.mark.parametrize(
    ("status", "headers", "path"),
    [
        (400, {"host": "evil.example"}, "/accounts/login/"),
        (400, {}, "/rooms/{room}/messages/?since=x"),
        (403, {}, "/admin/"),
        (400, {}, "/people/%00/conversation/"),
        (400, {"cookie": r'sessionid="aaaaaaaaaa\000"'}, "/"),
        (404, {}, "/nothing/"),
        (404, {}, "/rooms/999999/"),
    ],
)
def test_an_error_is_guarded_too(
    as_alice: Client, direct: Room, status: int, headers: dict[str, str], path: str
) -> None:
    answer = as_alice.get(path.format(room=direct.pk), headers=headers, follow=True)
    assert answer.status_code == status
    assert_guarded(answer)


def test_a_method_that_an_address_does_not_know_is_guarded_too(as_alice: Client) -> None:
    answer = as_alice.delete("/accounts/profile/picture/")
    assert answer.status_code == 405
    assert_guarded(answer)


def test_a_post_from_elsewhere_and_a_failure_of_ours_are_guarded(
    alice: User, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = Client(enforce_csrf_checks=True).post("/accounts/login/")
    assert refused.status_code == 403
    assert_guarded(refused)
    monkeypatch.setattr("chat.views.people.Order", None)
    as_alice.raise_request_exception = False
    failed = as_alice.get("/people/")
    assert failed.status_code == 500
    assert "Something broke on our side" in failed.content.decode()
    assert_guarded(failed)


def test_a_static_file_is_guarded_and_no_other_site_may_read_it(client: Client) -> None:
    for path in ("/static/js/app.js", "/static/css/app.css", "/static/img/icon.svg"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert_guarded(answer)
        assert "Access-Control-Allow-Origin" not in answer
        assert answer.content


FOR_ALL = {"words/<str:language>-<str:version>.js"}


def test_no_cache_between_keeps_what_is_a_viewer_s_and_no_browser_what_is_secret(alice: User, direct: Room) -> None:
    """A conversation is kept by its browser, which asks before it shows it, and lets go of it with the log-out."""
    root = signed_in(User.objects.create_superuser("root@example.com", "root", "wonderland-9"))
    root.raise_request_exception = False
    prove(root)
    seen = set()
    for route in set(ROUTES) - FOR_ALL:
        answer = root.get(example(route))
        rules = {rule.strip() for rule in answer["Cache-Control"].split(",")}
        assert rules & {"private", "no-store"}, route
        assert rules & {"no-cache", "no-store", "immutable"}, route
        if example(route).startswith(("/accounts/", "/admin/")) and "image/" not in answer["Content-Type"]:
            assert "no-store" in rules, route
        seen.add(answer.status_code)
    assert seen >= {200, 302, 404}


def test_the_admin_is_guarded(db: None) -> None:
    admin = signed_in(User.objects.create_superuser("root@example.com", "root"))
    for path in ("/admin/", "/admin/accounts/user/", "/admin/accounts/user/add/"):
        answer = admin.get(path)
        assert answer.status_code == 200
        assert_guarded(answer)
