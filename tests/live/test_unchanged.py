"""A 304 on the loop: only for the very same question, while the versions are as they were, and no longer than a second."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.utils import timezone

from accounts.models import User
from chatpoc.asgi import Pages
from chatpoc.limits import table
from chatpoc.live import unchanged
from chatpoc.live.threads import in_thread

ME = "/accounts/me/"
Answer = tuple[int, dict[bytes, bytes]]


class Browser:
    def __init__(self, key: str) -> None:
        self.key, self.pages, self.asked = key, Pages(), 0
        real = self.pages._answer

        def counted(*args: Any) -> Any:
            self.asked += 1
            return real(*args)

        self.pages._answer = counted  # type: ignore[assignment,method-assign]

    async def get(self, path: str = ME, ptag: bytes = b"", **changed: bytes) -> Answer:
        headers = {
            "host": b"testserver",
            "cookie": f"sessionid={self.key}".encode(),
            "hx-request": b"true",
            "hx-ptag": ptag,
        }
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        scope = {
            "type": "http", "method": "GET", "path": path, "query_string": b"", "client": ["127.0.0.1", 1],
            "headers": [(name.encode(), value) for name, value in headers.items()],
        }  # fmt: skip
        events: Iterator[Any] = iter([{"type": "http.request", "body": b""}])
        sent: list[Any] = []

        async def receive() -> Any:
            return next(events)

        async def send(event: Any) -> None:
            sent.append(event)

        await self.pages(scope, receive, send)
        return sent[0]["status"], {name.lower(): value for name, value in sent[0]["headers"]}

    async def until_known(self, path: str = ME) -> bytes:
        """Django said 304 once; returns the ptag."""
        _, first = await self.get(path)
        ptag = first[b"hx-ptag"]
        assert (await self.get(path, ptag))[0] == 304
        self.asked = 0
        return ptag


@pytest.fixture
def browser(transactional_db: None, alice_key: str) -> Browser:
    return Browser(alice_key)


async def test_what_django_said_is_said_again_without_it(browser: Browser) -> None:
    ptag = await browser.until_known()
    here = await browser.get(ptag=ptag)
    assert browser.asked == 0
    unchanged._known.forget()
    assert await browser.get(ptag=ptag) == here
    assert here[0] == 304
    assert here[1][b"hx-ptag"] == ptag


async def test_that_a_proxy_names_each_request_makes_no_other_question(browser: Browser) -> None:
    ptag = await browser.until_known()
    for name in (b"a" * 32, b"b" * 32):
        assert (await browser.get(ptag=ptag, x_request_id=name))[0] == 304
    assert browser.asked == 0


async def test_after_a_write_the_answer_is_the_new_fragment(browser: Browser, alice: User) -> None:
    ptag = await browser.until_known()

    def rename() -> None:
        alice.name = "Alicia"
        alice.save()

    await in_thread(rename)
    status, headers = await browser.get(ptag=ptag)
    assert (status, browser.asked) == (200, 1)
    assert headers[b"hx-ptag"] != ptag


@pytest.mark.parametrize("how", ["the session ends", "the viewer is shut out", "the viewer is suspended"])
async def test_who_is_shut_out_is_refused_within_a_second(
    how: str, browser: Browser, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ptag = await browser.until_known()
    began = time.monotonic()

    def shut_out() -> None:
        if how == "the session ends":
            Session.objects.all().delete()
        elif how == "the viewer is shut out":
            User.objects.filter(pk=alice.pk).update(is_active=False)
        else:
            User.objects.filter(pk=alice.pk).update(suspended_until=timezone.now() + timedelta(hours=1))

    await in_thread(shut_out)
    monkeypatch.setattr(unchanged, "monotonic", lambda: began + unchanged.TRUSTED)
    status, _ = await browser.get(ptag=ptag)
    assert status == (403 if how == "the viewer is suspended" else 401)


async def test_the_second_is_from_before_the_session_was_read(browser: Browser) -> None:
    ptag = await browser.until_known()
    [(known, _)] = unchanged._known._kept.values()
    assert known.until < time.monotonic() + unchanged.TRUSTED
    assert (await browser.get(ptag=ptag))[0] == 304
    [(still, _)] = unchanged._known._kept.values()
    assert still.until == known.until, "what was not asked anew is trusted no longer"


@pytest.mark.parametrize(
    "other",
    [{"cookie": b"sessionid=other"}, {"accept_language": b"pl"}, {"ptag": b"other"}, {"path": "/conversations/"}],
)
async def test_another_question_is_asked_of_django(browser: Browser, other: dict[str, Any]) -> None:
    ptag = await browser.until_known()
    await browser.get(**{"ptag": ptag} | other)
    assert browser.asked == 1


async def test_it_counts_as_a_page(browser: Browser, settings: Any) -> None:
    settings.LIMITS = table.parsed("read=4/1h 1000/1h")
    ptag = await browser.until_known()
    statuses = [(await browser.get(ptag=ptag))[0] for _ in range(8)]
    assert statuses[-1] == 429
    assert statuses.count(304) <= 4 + 2


async def test_without_a_cache_django_is_asked(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    ptag = await browser.until_known()

    def broken(*_: object, **__: object) -> None:
        raise ConnectionError("on purpose")

    for method in ("get", "get_many", "set"):
        monkeypatch.setattr(type(caches["live"]), method, broken)
    assert (await browser.get(ptag=ptag))[0] == 200
    assert browser.asked == 1
