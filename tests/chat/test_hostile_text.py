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
from tests.conftest import Say

LIMIT = 0.2  # s of this process's time; 0.05 is the promise, and a busy machine's clock is coarse
ALLOWED = {"p", "strong", "em", "s", "code", "pre", "span", "blockquote", "ul", "ol", "li", "a"}
ATTRIBUTES = {"dir", "href", "target", "rel", "class", "start", "tabindex"}

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>*{display:none}</style>",
    "<b hx-get=/ hx-trigger=load>x</b>",
    "<hx-partial hx-target=body>x</hx-partial>",
    "</div></li></ol><h1>x",
    "<!-- x --><![CDATA[x]]>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "<javascript:alert(1)>",
    "javascript:alert(1) JaVaScRiPt:alert(1) java\tscript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4= vbscript:x file:///etc/passwd",
    "![x](https://example.com/pixel.png)",
    '![x](x"onerror="alert(1))',
    'https://example.com/"onmouseover="alert(1)',
    "https://example.com/'><script>alert(1)</script>",
    "https://example.com/`onclick=alert(1)`",
    "https://javascript:alert(1)@example.com/",
    "mailto:a@example.com?body=<script>",
    "[x]: javascript:alert(1)\n[x]",
    "&#106;avascript:alert(1) &lt;script&gt;",
    '```"><script>alert(1)</script>\n</code></pre><script>\n```',
    "```html\n<script>alert('x')</script>\n```",
    "`<script>`",
    "{{ 7|add:7 }} {% csrf_token %} ${7*7}",
    "\x00<\x00script>alert(1)",
    "<<script>script>alert(1)<</script>/script>",
    "**<b**onclick=x>",
]

BAIT = {
    "stars": "*" * 10_000,
    "stars and letters": "*a " * 3_333,
    "stars and underscores": "*_" * 5_000,
    "double stars": "a**b" * 2_500,
    "tildes": "~~a " * 2_500,
    "brackets": "[" * 10_000,
    "links": "[a](" * 2_500,
    "pictures": "![" * 5_000,
    "quotes": ">" * 10_000,
    "spaced quotes": "> " * 4_999 + "a",
    "words above too many quotes": "b\n\n" + "> " * 4_998 + "a",
    "many quotes": "> a\n\n" * 2_000,
    "lists in lists": "- " * 4_999 + "a",
    "numbers in numbers": "1. " * 3_333 + "a",
    "lists and quotes": ">- " * 3_333 + "a",
    "long list": "- a\n" * 2_500,
    "deep list": "\n".join("  " * depth + "- a" for depth in range(95)),
    "backticks": "`" * 10_000,
    "backticks of every length": " ".join("`" * length for length in range(1, 140)),
    "fences": "```\n" * 2_500,
    "backslashes": "\\" * 10_000,
    "lesser": "<" * 10_000,
    "entities": "&amp;" * 2_000,
    "mails": "a@" * 5_000,
    "whole mails": "x@y.com " * 1_250,
    "schemes": "http://" * 1_000,
    "no schemes": "://" * 3_333,
    "addresses": "http://a.b " * 900,
    "bracketed addresses": "(http://a.b/" * 800,
    "brackets in an address": "http://a.b/" + "(" * 5_000 + ")" * 4_980,
    "dots": "a.com" * 2_000,
    "colons": ":" * 10_000,
    "word": "a" * 10_000,
    "digits": "1" * 10_000,
    "emoji": "😀" * 10_000,
    "joined emoji": "😀\u200d" * 5_000,
    "zalgo": ("e" + "\u0301\u0316\u0334" * 10) * 320,
    "lines": "a\n" * 5_000,
    "spaces": " " * 9_999 + "a",
    "tabs": "\t" * 9_999 + "a",
}
CODE = ["\\\"", "'\\", "a.", "a\n", "a ", "(", "{{", "`", "@", "%", "=", "<!--", "${", "/*", "#{", "0.", '"""']  # fmt: skip


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
    html = as_alice.get(f"/rooms/{direct.pk}/").content.decode()
    bodies = re.findall(r'<div class="message-body">(.*?)</div>\n</div>\n</li>', html, re.DOTALL)
    assert len(bodies) == len(PAYLOADS)
    for body in bodies:
        assert_harmless(body)
