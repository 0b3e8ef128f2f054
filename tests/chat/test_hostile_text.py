"""Text that was written to harm: shown harmlessly, whole, and soon."""

import re
import time
from html import unescape
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils.html import strip_tags

from accounts.models import User
from chat.formatting import html_of
from chat.highlighting import LANGUAGES, LONGEST, highlighted
from chat.models import Room
from tests.chat.hostile import BAIT, CODE, PAYLOADS
from tests.conftest import Say

pytestmark = pytest.mark.once

LIMIT = 0.5  # s of this process's time; the promise is a tenth of it, which `make bench` holds (docs/benchmarks/rendering.md)
ALLOWED = {"p", "strong", "em", "s", "code", "pre", "span", "blockquote", "ul", "ol", "li", "a"}
ATTRIBUTES = {"dir", "href", "target", "rel", "class", "start", "tabindex"}


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def seconds(body: str) -> float:
    start = time.process_time()
    html_of(body)
    return time.process_time() - start


def assert_harmless(html: str) -> None:
    for tag, attributes in Tags(html).found:
        assert tag in ALLOWED
        assert set(attributes) <= ATTRIBUTES
        assert re.match(r"(?:https?://|mailto:)", attributes.get("href") or "http://")


@pytest.mark.parametrize("body", PAYLOADS)
def test_a_payload_is_only_text(body: str) -> None:
    html = html_of(body)
    assert_harmless(html)
    assert body.startswith("```") or body.count("alert") == unescape(strip_tags(html)).count("alert")


def test_the_table_holds_many_ways() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


@pytest.mark.parametrize("name", BAIT)
def test_bait_is_harmless_and_rendered_soon(name: str) -> None:
    assert len(BAIT[name]) <= 10_000
    assert min(seconds(BAIT[name]) for _ in range(2)) < LIMIT
    html = html_of(BAIT[name])
    assert_harmless(html)
    assert "a" not in BAIT[name] or "a" in strip_tags(html), "what lies too deep is shown as it was typed"


@pytest.mark.parametrize("language", sorted(set(LANGUAGES.values())))
def test_bait_for_a_highlighter_is_rendered_soon(language: str) -> None:
    highlighted("", language)
    for sign in CODE:
        start = time.process_time()
        highlighted((sign * LONGEST)[:LONGEST], language)
        assert time.process_time() - start < LIMIT, sign


def test_many_fences_share_what_may_be_highlighted() -> None:
    html = html_of(("```js\n" + "x = 1;" * 100 + "\n```\n") * 5)
    blocks = html.split("<pre")[1:]
    assert [("<span" in block) for block in blocks] == [True, True, False, False, False]


@pytest.mark.parametrize("sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_nothing_turns_the_text_around(sign: str) -> None:
    assert html_of(f"https://example.com/{sign}gpj.exe") == html_of("https://example.com/gpj.exe")


def test_a_room_full_of_hostile_text_is_a_page(direct: Room, alice: User, as_alice: Client, say: Say) -> None:
    for body in PAYLOADS:
        say(direct, alice, body.replace("\x00", ""))
    pages = ("", "?before=" + str(len(PAYLOADS) - 49))
    html = "".join(as_alice.get(f"/rooms/{direct.pk}/{page}").content.decode() for page in pages)
    bodies = re.findall(r'<div class="message-body">(.*?)</div>\n</div>\n</li>', html, re.DOTALL)
    assert len(bodies) == len(PAYLOADS)
    for body in bodies:
        assert_harmless(body)
