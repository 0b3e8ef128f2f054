"""A page of another site cannot make a browser do anything here."""

import re

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import signed_in
from tests.site.test_doors import ROUTES, example

pytestmark = pytest.mark.once


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.com", "root", "wonderland-9")


def test_without_a_token_of_ours_no_address_takes_what_changes_something(root: User) -> None:
    """By POST: nothing takes another method. Whoever is signed in, and may do everything; and nobody: a log-in by another
    site is an attack as well."""
    viewer, nobody = signed_in(root), Client(enforce_csrf_checks=True)
    viewer.handler.enforce_csrf_checks = True
    for route in ROUTES:
        for client in (viewer, nobody):
            answer = client.post(example(route), headers={"HX-Request": "true"})
            assert answer.status_code == 403, route
            assert "too old to send from" in answer.content.decode(), route


def test_a_token_of_another_browser_is_none(root: User) -> None:
    viewer, attacker = signed_in(root), Client()
    attacker.get("/accounts/login/")
    viewer.get("/accounts/logout/")
    viewer.handler.enforce_csrf_checks = True
    token = attacker.cookies["csrftoken"].value
    assert viewer.post("/accounts/logout/", headers={"x-csrftoken": token}).status_code == 403
    elsewhere = {"x-csrftoken": viewer.cookies["csrftoken"].value, "origin": "https://evil.example"}
    assert viewer.post("/accounts/logout/", headers=elsewhere).status_code == 403
    assert viewer.post("/accounts/logout/", headers=elsewhere | {"origin": "http://testserver"}).status_code == 302


def test_no_view_is_exempt() -> None:
    from chatpoc.env import BASE

    ours = [path for app in ("accounts", "chat", "chatpoc", "presence") for path in (BASE / app).rglob("*.py")]
    assert [path.name for path in ours if re.search(r"csrf_exempt", path.read_text())] == []
