"""One production for all tests here; none of them touches this process's own database."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import EXPECTED
from tests.production.asking import Visitor
from tests.production.made import Made, Person, make_people
from tests.production.shape import Shape, production

LIMITS = "send=900/1s 9000/1s, read=9000/1s 90000/1s, tabs=50 12"  # tests/load are faster than people; 12: see test_addresses


@pytest.fixture(scope="session")
def shape() -> Iterator[Shape]:
    with production(LIMITS=LIMITS) as started:
        yield started
        for said in (unit.output() for unit in started.units):
            assert "Traceback" not in said or "RequestAborted" in said, said  # that one is a browser which left


@pytest.fixture(scope="session")
def made(shape: Shape) -> Made:
    return make_people(shape)


@pytest.fixture
def visit(shape: Shape, made: Made) -> Iterator[Callable[..., Visitor]]:
    """`visit("alice")`, or `visit()` as a stranger."""
    visitors = []

    def visitor(handle: str = "", address: str = "127.0.0.1") -> Visitor:
        visitors.append(Visitor(shape, made.people[handle].session if handle else "", address))
        return visitors[-1]

    yield visitor
    for each in visitors:
        each.wire.close()


Browse = Callable[[str, str], Page]


@pytest.fixture
def browse(shape: Shape, made: Made, chromium: Browser) -> Iterator[Browse]:
    """`browse("alice", "/rooms/1/")`: each in a browser of their own. What a page complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(handle: str, path: str) -> Page:
        contexts.append(chromium.new_context(base_url=shape.url, ignore_https_errors=True))
        sign_in(contexts[-1], shape, made.people[handle])
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: complaints.append(said.text) if is_fault(said.type, said.text) else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, complaints


def sign_in(context: BrowserContext, shape: Shape, person: Person) -> None:
    context.add_cookies([{"name": "__Host-session", "value": person.session, "url": shape.url, "secure": True}])


def is_fault(kind: str, text: str) -> bool:
    return kind == "error" and not any(part in text for part in EXPECTED)
