"""Nothing is served but what is meant to be: no source, no setting, no list of a folder, no method that tells."""

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import signed_in
from tests.site.test_headers import PAGES

pytestmark = pytest.mark.once

LOST = [
    "/.git/config",
    "/.env",
    "/var/secret_key",
    "/var/chat.sqlite3",
    "/manage.py",
    "/chatpoc/settings.py",
    "/static/",
    "/static/js/",
    "/static/../.env",
    "/static/..%2f.env",
    "/static/%2e%2e/.env",
    "/static/....//.env",
    "/static//etc/passwd",
    "/static/js/app.js~",
    "/media/",
    "/media/avatars/",
    "/accounts/pictures/",
    "/server-status",
    "/debug/",
    "/__debug__/",
    "/metrics/",
    "/api/",
    "/swagger.json",
    "/static/vendor/",
]


@pytest.mark.parametrize("path", LOST)
def test_a_file_or_folder_that_is_nobody_s_is_not_found(path: str, alice: User) -> None:
    root = signed_in(User.objects.create_superuser("root@example.com", "root"))
    for client in (Client(), root):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "There is nothing here" in answer.content.decode()


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
def test_no_method_sends_back_what_it_got(as_alice: Client, method: str) -> None:
    for path in ("/", "/accounts/login/", "/static/js/app.js"):
        answer = as_alice.generic(method, path, headers={"x-canary": "canary"})
        assert answer.status_code in {302, 403, 404, 405}, path
        assert b"canary" not in answer.getvalue()


def test_from_every_page_of_ones_own_one_can_sign_out(as_alice: Client) -> None:
    """From pages of the account by way of the conversations, to which each leads back."""
    assert 'action="/accounts/logout/"' in as_alice.get("/").content.decode()
    for path in PAGES:
        html = as_alice.get(path, follow=True).content.decode()
        assert 'action="/accounts/logout/"' in html or 'href="/"' in html or "/accounts/account/" in html, path
