"""The database takes nothing: in a browser without JavaScript, and in one with, what was typed stays and goes out later."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching
from tests.conftest import Say


@contextmanager
def disk_full() -> Iterator[None]:
    """Of PostgreSQL, for what is said."""
    with connection.cursor() as cursor:
        full = "BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END"
        cursor.execute(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ {full} $$")
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON chat_message FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION full_disk CASCADE")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's disk is in tests/database/test_full_disk.py")
def test_without_javascript_the_page_holds_what_was_typed_until_it_is_taken(
    browse: Browse, direct: Room, alice: User
) -> None:
    page = browse(alice, f"/rooms/{direct.pk}/", java_script_enabled=False)
    page.locator("textarea[name=body]").fill("two\nlines <and more>")
    with disk_full():
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", name="Just a moment")).to_be_visible()
        expect(page.get_by_label("What you wrote")).to_have_value("two\nlines <and more>")
        page.get_by_role("button", name="Send it again").click()  # too early
        page.get_by_label("What you wrote").fill("two\nlines, and more")
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator(".messages .message-body")).to_have_text(["two\nlines, and more"], use_inner_text=True)
    assert direct.messages.count() == 1


def refuse(route: Route) -> None:
    words = "The chat cannot read or save anything just now. Please try again in a moment."
    route.fulfill(status=503, body=words, content_type="text/plain; charset=utf-8", headers={"Retry-After": "1"})


def test_with_javascript_it_is_said_where_one_is(browse: Browse, direct: Room, alice: User, say: Say) -> None:
    say(direct, alice, "as it was")
    page: Page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, direct.topic)
    message = page.locator(".message[data-seq]")
    message.hover(position={"x": 8, "y": 12})
    message.get_by_role("toolbar").get_by_role("button", name="Edit", exact=True).click()
    editor = page.locator("message-editor textarea")
    expect(editor).to_have_value("as it was")
    page.route(re.compile("/text/$|/people/$"), refuse)
    editor.fill("as it shall be")
    page.keyboard.press("Enter")
    expect(page.locator("message-editor .composer-error")).to_have_text(
        "Not saved. The chat cannot read or save anything just now. Please try again in a moment. Your text is kept here."
    )
    page.get_by_label("Find people").click()
    expect(page.locator("live-status")).to_contain_text("cannot read or save anything just now")
    expect(editor).to_have_value("as it shall be")
    page.unroute_all()
    editor.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".message[data-seq] .message-body")).to_have_text(["as it shall be"])
