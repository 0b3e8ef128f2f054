"""What people type, and how it is shown."""

import re
from html import unescape

import pytest
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from chat.formatting import formatted, html_of, is_only_emoji
from chat.highlighting import LANGUAGES, highlighted

pytestmark = pytest.mark.once


def shown(body: str) -> str:
    return re.sub(
        r' (?:dir="\w+"|tabindex="0"|target="_blank"|rel="noopener nofollow ugc")|\n(?=<)|(?<=>)\n', "", formatted(body)
    )


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("plain & simple", "<p>plain &amp; simple</p>"),
        ("**bold** *italic* ~~gone~~", "<p><strong>bold</strong> <em>italic</em> <s>gone</s></p>"),
        (r"2 \* 3 \* 4", "<p>2 * 3 * 4</p>"),
        (r"¯\_(ツ)_/¯ and \_this\_ and \_\_init\_\_", r"<p>¯\_(ツ)_/¯ and _this_ and __init__</p>"),
        ("snake_case_name and 2*3", "<p>snake_case_name and 2*3</p>"),
        ("run `a **b** <i>`", "<p>run <code>a **b** &lt;i&gt;</code></p>"),
        ("one\ntwo\n  three", "<p>one\ntwo\n  three</p>"),
        ("    one\n      two\n\n\tthree", "<p>    one\n      two</p><p>\tthree</p>"),
        ("  - a\n\n    b\n>   c", "<ul><li><p>a</p><p>b</p></li></ul><blockquote><p>c</p></blockquote>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("```\n  <b>\n```", "<pre><code>  &lt;b&gt;</code></pre>"),
        ("> said\n> so\n\nyes", "<blockquote><p>said\nso</p></blockquote><p>yes</p>"),
        (">:( really", "<p>&gt;:( really</p>"),
        ("- a\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("5. five\n6. six", '<ol start="5"><li><p>five</p></li><li><p>six</p></li></ol>'),
        ("# no heading\n---", "<p># no heading\n---</p>"),
        ("| no | table |\n|---|---|", "<p>| no | table |\n|---|---|</p>"),
        ("&amp; stays", "<p>&amp;amp; stays</p>"),
        ("-", "<p>-</p>"),
        ("```", "<p>```</p>"),
    ],
)
def test_markdown(body: str, html: str) -> None:
    assert shown(body) == html


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ("see https://example.org/a_b_c/__d__?x=1&y=*2*3.", "https://example.org/a_b_c/__d__?x=1&amp;y=*2*3"),
        ("(www.example.com)", "http://www.example.com"),
        ("bob@example.com", "mailto:bob@example.com"),
        ("http://例え.jp", "http://xn--r8jz45g.jp"),
    ],
)
def test_an_address_is_a_link(body: str, link: str) -> None:
    assert f'<a href="{link}" target="_blank" rel="noopener nofollow ugc">' in formatted(body)


@pytest.mark.parametrize(
    "body", ["README.md", "main.py", "ftp://example.com/x", "//example.com", "[words](https://a.org"]
)
def test_what_is_no_address_by_itself_is_no_link(body: str) -> None:
    assert "<a" not in formatted(body) or ">https://a.org</a>" in formatted(body)


def test_an_address_shows_as_it_was_typed() -> None:
    assert ">https://xn--80ak6aa92e.com</a>" in formatted("https://xn--80ak6aa92e.com")


def test_each_block_runs_in_its_own_direction() -> None:
    html = formatted("שלום\n\n- a\n\n> ב\n\n```\nc\n```")
    assert re.findall(r'<(\w+) dir="(\w+)"', html) == [
        ("p", "auto"), ("li", "auto"), ("blockquote", "auto"), ("pre", "ltr")
    ]  # fmt: skip


def test_code_is_coloured_by_classes() -> None:
    html = formatted("```python\ndef f(): return 'x'\n```")
    assert '<span class="k">def</span>' in html
    assert "style=" not in html


@pytest.mark.parametrize("language", ["", "no-such-language", "brainfuck"])
def test_code_in_an_unknown_language_is_plain(language: str) -> None:
    assert formatted(f"```{language}\n1 < 2\n```") == '<pre dir="ltr" tabindex="0"><code>1 &lt; 2\n</code></pre>'


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_keeps_the_code(language: str) -> None:
    assert strip_tags(highlighted("\nclass A { x = 1 }\n", language)) == "\nclass A { x = 1 }\n"


@pytest.mark.parametrize("body", ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🇵🇱", "1️⃣", "❤️", "✅", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "😀 😀\n😀", "😀" * 8])
def test_only_emoji(body: str) -> None:
    assert is_only_emoji(body)


@pytest.mark.parametrize("body", ["😀" * 9, "a", "😀a", "1", "123", "->", "©", " ", "😀\u200d" * 5000])
def test_more_than_emoji(body: str) -> None:
    assert not is_only_emoji(body)


@given(st.text("aא😀1 \n\t*_>-+.#[]()!|<&:/@\\", max_size=60))  # no fence: its first line names the language
def test_no_letter_is_lost(body: str) -> None:
    assert re.findall("[aא😀]", unescape(strip_tags(html_of(body)))) == re.findall("[aא😀]", body)
