"""Two people in two browsers, through nginx to two processes, PgBouncer and Redis."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import bodies, watching, write
from tests.production.conftest import Browse
from tests.production.made import Made
from tests.production.shape import Shape

pytestmark = [pytest.mark.browser, pytest.mark.waits, pytest.mark.processes, pytest.mark.once("postgresql")]


def test_two_people_talk_and_a_third_sees_nothing(browse: Browse, made: Made) -> None:
    path = f"/rooms/{made.room}/"
    pages = browse("alice", path), browse("bob", path)
    for page in pages:
        watching(page, f"room:{made.room}")
    outsider = browse("charlie", "/")
    told: list[str] = []
    outsider.on("websocket", lambda socket: socket.on("framereceived", lambda text: told.append(str(text))))
    outsider.reload()
    outsider.wait_for_selector("html[data-watching]", state="attached")
    said = []
    for turn in range(6):
        said.append(f"message {turn}")
        write(pages[turn % 2], said[-1])
        expect(pages[(turn + 1) % 2].get_by_text(said[-1], exact=True)).to_be_visible()
    for page in pages:
        assert bodies(page)[-6:] == said
        page.reload()
        assert bodies(page)[-6:] == said
    assert "message" not in outsider.locator("body").inner_text()
    assert told, "the outsider's socket is heard"
    assert not [text for text in told if "message" in text or "room" in text or "activity" in text], told
    assert outsider.goto(path).status == 404  # type: ignore[union-attr]


def test_who_signs_in_by_password_sees_the_others_picture(shape: Shape, made: Made, chromium: Browser) -> None:
    """The cookies of production, the form, the second process, and a file that nginx sends."""
    context = chromium.new_context(base_url=shape.url, ignore_https_errors=True)
    page = context.new_page()
    page.goto(f"/rooms/{made.room}/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.locator("input[name=login]").fill("bob")
    page.locator("input[name=password]").fill(made.people["bob"].password)
    page.locator("input[name=password]").press("Enter")
    expect(page).to_have_url(f"{shape.url}/rooms/{made.room}/")
    picture = page.locator(f"img[src*='{made.picture}']").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth") in {48, 96}
    names = {cookie["name"] for cookie in context.cookies()}
    assert "__Host-session" in names
    context.close()
