"""Messages, names and searches of any text: rendered soon, no larger than they should be, and with no tag but those allowed."""

import time
from html import unescape

import pytest
from django.utils.html import strip_tags
from hypothesis import strategies as st

from accounts.search import LONGEST, WORDS, called, plain
from accounts.text import can_be_read, shows_something
from chat.formatting import BIDI, html_of, is_only_emoji
from chat.highlighting import LANGUAGES
from chat.models.message import BODY_LIMIT
from chat.notices import BEGINNING, in_plain
from tests.chat.hostile import PAYLOADS
from tests.chat.test_hostile_text import assert_harmless
from tests.fuzzing.budget import explore
from tests.fuzzing.texts import assert_no_canary_lives, texts

pytestmark = pytest.mark.once

SOON = 0.5  # s of this process for the longest message; the promise is a tenth of it (docs/benchmarks/rendering.md)
LARGEST = 120  # bytes of HTML for each character: one link of one letter is the worst

SIGNS = [
    "*", "_", "**", "~~", "`", "```", "\n", "\n\n", "> ", "- ", "1. ", "  ", "\t", "\\", "[", "](", ")", "<", ">",
    "&", "&lt;", "://", "http://", "www.", "@", "a@b.co", ".com", ":", "#", "|", "!", "\u200d", "\ufe0f", "😀", "א",
    "é", "x", "\u202e", "\u2028", "\x00", "\x0b", "{{", "{%",
]  # fmt: skip
written = st.lists(st.one_of(st.sampled_from(SIGNS), texts, st.sampled_from(PAYLOADS)), max_size=25).map("".join)
repeated = st.builds(
    lambda unit, times: unit * times,
    st.lists(st.sampled_from(SIGNS), min_size=1, max_size=4).map("".join),
    st.integers(50, 5_000),
)
fenced = st.builds(
    lambda language, code: f"```{language}\n{code}\n```",
    st.sampled_from(sorted(LANGUAGES)),
    st.one_of(written, repeated),
)
messages = st.one_of(written, repeated, fenced).map(lambda text: as_read(text[:BODY_LIMIT]))


def as_read(text: str) -> str:
    """No request brings half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def seconds(work: object, *arguments: object) -> float:
    started = time.process_time()
    work(*arguments)  # type: ignore[operator]
    return time.process_time() - started


def test_any_message_is_harmless_and_rendered_soon() -> None:
    def check(body: str) -> None:
        took = seconds(html_of, body)
        assert took < SOON or min(took, seconds(html_of, body)) < SOON
        html = html_of(body)
        assert_harmless(html)
        assert_no_canary_lives(html)
        assert len(html.encode("utf-8", "surrogatepass")) < 1_000 + LARGEST * len(body)
        assert not any(chr(sign) in html for sign in BIDI)
        assert len(in_plain(body)) <= BEGINNING
        is_only_emoji(body)

    explore(check, 120, "messages", body=messages)


def test_no_letter_of_a_message_is_lost() -> None:
    """Whatever is around them."""

    def check(before: str, after: str) -> None:
        body = as_read(f"{before} kept {after}")
        assert "```" in body or "kept" in unescape(strip_tags(html_of(body)))

    explore(check, 40, "kept", before=written, after=written)


def test_any_search_is_a_condition_or_none_and_any_name_has_its_letters_soon() -> None:
    def check(text: str) -> None:
        assert seconds(plain.__wrapped__, text[:LONGEST]) < SOON
        for beginning in (False, True):
            condition = called(text, "room__direct_low__", beginning=beginning)
            assert condition is None or len(condition.children) <= WORDS
        words = plain(text[:60])
        assert words == "" or words.startswith(" ")
        assert words == words.lower()
        can_be_read(text)
        shows_something(text)

    explore(check, 120, "searches", text=st.one_of(texts, written, repeated))
