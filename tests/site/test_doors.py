"""Closed by default: these addresses, and no others, are open to someone who has not signed in."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.once

OPEN = {
    "language/",  # which one is a person's own affair; it leads back to where they were
    "words/<str:language>-<str:version>.js",  # what the browser says in that language
    "accounts/login/",
    "accounts/logout/",  # without a session there is nothing to end: it leads to the start page
    "accounts/inactive/",
    "accounts/signup/",
    "accounts/confirm-email/",
    "accounts/confirm-email/<key>/",
    "accounts/login/code/",
    "accounts/2fa/authenticate/",  # without a log-in under way it leads to the log-in
    "accounts/2fa/webauthn/login/",
    "accounts/account/return/<str:key>/",  # the mailed way back of who deactivated their account
    "accounts/login/code/confirm/",  # allauth's; without a log-in under way it leads to the log-in
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    "accounts/password/reset/key/<uidb36>-<key>/",
    "accounts/password/reset/key/done/",
    "admin/login/",  # leads to the log-in
    "dev/mailbox/",  # for a browser on the same machine, and not in production
}
EXAMPLES = {
    "int": "1",
    "id": "1",
    "numbers": "1",
    "picture_name": "1-" + "a" * 24,
    "side": "48",
    "str": "alice",
    "path": "1",
    "uidb36": "1",
    "key": "x",
    "url": "x",
    "app_label": "auth",
}


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """Every route, regular expressions too, in the form of a path() route."""
    for pattern in patterns:
        route = re.sub(r"\(\?P(<\w+>)(?:[^()]|\([^()]*\))*\)", r"\1", str(pattern.pattern)).strip("^$")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + route)
        else:
            yield prefix + route


def example(route: str) -> str:
    """An address that the route matches."""
    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", lambda part: EXAMPLES[part[1] or part[2]], route)


ROUTES = sorted(set(routes(get_resolver().url_patterns)))


def test_the_walk_sees_every_corner() -> None:
    assert {"", "rooms/<id:room_id>/messages/", "people/", "admin/accounts/user/<path:object_id>/change/"} < set(ROUTES)
    assert set(ROUTES) >= OPEN


@pytest.mark.parametrize("method", ["get", "post"])  # there is no other: tests/authorisation
def test_these_doors_are_open_and_no_others(client: Client, db: None, method: str) -> None:
    opened = set()
    for route in ROUTES:
        path = example(route)
        answer = getattr(client, method)(path)
        after = path if method == "get" else "/"  # where a form is sent to is often no page
        log_in = ("/accounts/login/?next=", "/admin/login/?next=")
        if not (answer.status_code == 302 and answer["Location"].startswith(tuple(f"{url}{after}" for url in log_in))):
            opened.add(route)
    assert opened == OPEN


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_fetch_at_a_closed_door_is_told_instead_of_led_to_the_log_in(client: Client, db: None, method: str) -> None:
    for route in sorted(set(ROUTES) - OPEN):
        answer = getattr(client, method)(example(route), headers={"HX-Request": "true"})
        assert (answer.status_code, answer.content) == (401, b"You are signed out."), route


def test_an_address_that_does_not_exist_tells_someone_anonymous_no_more_than_a_page(client: Client, db: None) -> None:
    answer = client.get("/rooms/1/../../settings.py")
    assert answer.status_code == 404
    assert "chatpoc" not in answer.content.decode().replace("ChatPOC", "")


def test_a_member_of_staff_alone_enters_the_admin(as_charlie: Client) -> None:
    for route in ROUTES:
        if route.startswith("admin/") and route != "admin/logout/":
            assert as_charlie.get(example(route), follow=True).status_code == 403, route
