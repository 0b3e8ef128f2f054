"""Real Chromium against a real Daphne. What a page logs as an error, or its Content-Security-Policy stops, fails the test."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from accounts.models import User
from tests.conftest import make_person
from tests.live.conftest import session_of
from tests.servers import ChatServer, chat_server

EXPECTED = (
    "WebSocket connection to",
    "net::ERR_",
    "status of 4",
    "status of 5",
    "htmx:ws:error",
    "htmx:error: Failed to fetch",
)  # a test's own faults

# What is promised within a second: to the letter where nothing runs beside it (`make timed`), else with more patience.
SECOND = float(os.environ.get("SECOND", "5"))

expect.set_options(timeout=8000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.browser)


def database_url() -> str:
    """The test database's, for a server in another process."""
    fields = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{fields['NAME']}"
    # Presence writes after a test's pages are closed. If that meets the emptying of the tables, the server gives way first.
    options = "?options=-c%20deadlock_timeout%3D50ms"
    return f"postgres://{fields['USER']}@{fields['HOST']}:{fields['PORT']}/{fields['NAME']}{options}"


def server_environment() -> dict[str, str]:
    return {"DATABASE_URL": database_url(), "SECRET_KEY": django_settings.SECRET_KEY}


@pytest.fixture(scope="session")
def chat(django_db_setup: None, django_db_blocker: Any) -> Iterator[ChatServer]:
    with django_db_blocker.unblock(), chat_server(**server_environment()) as server:
        yield server


@pytest.fixture(scope="module")  # embedded, a second server would take what the outbox has for the other
def strict(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ChatServer]:
    """As in production: an email is confirmed before it signs in. Under a name, since passkeys belong to one."""
    mail = f"filemail:///{tmp_path_factory.mktemp('mail')}"
    with django_db_blocker.unblock():
        with chat_server(**server_environment(), EMAIL_VERIFICATION="mandatory", EMAIL_URL=mail) as server:
            server.url = f"http://localhost:{server.port}"
            yield server


@pytest.fixture
def dora(transactional_db: None) -> User:
    """Her email is confirmed, and her password is "a-fine-pass-99"."""
    user = make_person("dora", "Dora Diaz", password="a-fine-pass-99")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


Browse = Callable[..., Page]


@pytest.fixture
def browse(transactional_db: None, chromium: Browser, chat: ChatServer) -> Iterator[Browse]:
    """Open a page as somebody: `browse(alice, "/rooms/1/")`. Each person has a browser of their own."""
    contexts: dict[object, BrowserContext] = {}
    complaints: list[str] = []
    under_way: set[Request] = set()  # what would meet the emptying of the tables, if the test ended now
    said_before = len(chat.output())

    def ended(request: Request) -> None:
        under_way.discard(request)

    def heard(page: Page) -> None:
        page.on("request", lambda request: under_way.add(request) if request.method == "POST" else None)
        page.on("requestfinished", ended)
        page.on("requestfailed", ended)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{page.url}: {said.text}")
                if said.type == "error" and not any(part in said.text for part in EXPECTED)
                else None
            ),
        )

    def open_page(user: User | None, path: str = "/", *, server: ChatServer = chat, **options: Any) -> Page:
        key = (user and user.pk, server.port, *options.items())
        if key not in contexts:
            contexts[key] = chromium.new_context(
                base_url=server.url, **{"viewport": {"width": 1200, "height": 800}} | options
            )
            if user:
                cookie = {"name": "sessionid", "value": session_of(user), "url": server.url}
                contexts[key].add_cookies([cookie])  # type: ignore[list-item]
        page = contexts[key].new_page()
        heard(page)
        page.goto(path)
        return page

    yield open_page
    pages = [page for context in contexts.values() for page in context.pages]
    for _ in range(100 if pages else 0):
        if not under_way:
            break
        pages[0].wait_for_timeout(20)
    for context in contexts.values():
        context.close()
    assert not complaints, complaints
    said = chat.output()[said_before:]
    # What was under way when the test before ended may have met the emptying of the tables.
    assert "Traceback" not in said or "DeadlockDetected" in said, said


def write(page: Page, text: str) -> None:
    page.locator("textarea[name=body]").fill(text)
    page.keyboard.press("Enter")


def bodies(page: Page) -> list[str]:
    return page.locator(".messages .message-body").all_inner_texts()


def watching(page: Page, topic: str) -> None:
    """Wait until the page's socket hears of `topic`."""
    page.wait_for_selector(f"html[data-watching~='{topic}']", state="attached")


def cut_for(page: Page, milliseconds: int) -> None:
    """Cut the page's socket as a network does, without a word; it opens another after about this time."""
    page.evaluate(
        """(delay) => {
            const { connection } = document.querySelector("#live")._htmx.ws;
            connection.config.reconnectDelay = delay;
            connection.socket.dispatchEvent(new CloseEvent("close", { code: 1006 }));
            connection.abortController.abort(); // else the old one would still be listened to
        }""",
        milliseconds,
    )
    page.wait_for_selector("html:not([data-watching])", state="attached")
