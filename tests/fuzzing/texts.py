"""Text that nobody would type, and the marker by which text is known again where it must not be a tag."""

from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import quote

from hypothesis import strategies as st

CANARY = "x-canary"
TAGS = [
    f"<{CANARY}>",
    f"'{CANARY}=' {CANARY}=\"{CANARY}=",
    f"</script><{CANARY} a=1>",
    f"-->]]><{CANARY}/>",
    f"{{{{{CANARY}}}}}",
]
ODD = [
    "", " ", "\0", "a\0b", "\u202eevil", "\u2066x", "\ufeff", "\ufffe", "\x1b[31m", "\r\nX: y", "\t", "\x7f", "\x85",
    "\u2028", "\ud800", "\udfff\ud800", "👩‍👩‍👧‍👦" * 9, "é" * 200, "Z̵͇̈" * 30, "ﷺ" * 60, "İ" * 60, "ß" * 60, "㎓" * 60,
    "\U0010ffff", "%", "_", "\\", "'", '"', "%00", "%ff", "' OR 1=1 --", "../../../etc/passwd", "@", "#", "@@", "-",
    "(", "[", "(a+)+$", "*", "a" * 300, "a " * 600, "x" * 70_000,
]  # fmt: skip
NUMBERS = [
    "0", "-0", "1", "-1", "+1", "1.0", "1e9", "٣", "²", "1_000", " 1 ", "0x10", "01", "NaN", "Infinity", "-1e400",
    "True", "null", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "18446744073709551616",
    "9" * 18, "9" * 19, "9" * 400, "9" * 5_000, "1,2,3", "1,,2", ",", "1" + ",1" * 200,
]  # fmt: skip
DATES = ["0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "2026-11-26T25:61", "1969-12-31 23:59:59", "-1-1-1"]

EACH = [TAGS[1], "\0", "9" * 19]  # what every parameter and field is given once, whatever is drawn

texts = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(), max_size=8),  # surrogates too
    st.sampled_from(TAGS),
    st.sampled_from(ODD),
    st.sampled_from(NUMBERS),
    st.sampled_from(DATES),
    st.builds(lambda *parts: "".join(parts), st.sampled_from(TAGS + ODD[:-3]), st.text(max_size=5)),
)


def encoded(text: str) -> str:
    """As a part of an address or a form; half a surrogate pair as the bytes that a broken program sends."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def encoded_pairs(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in pairs)


class Tags(HTMLParser):
    """Calls `meet(tag, attributes)` for each tag."""

    def __init__(self, meet: Callable[[str, dict[str, str | None]], None]) -> None:
        super().__init__()
        self.meet = meet

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.meet(tag, dict(attrs))


def assert_no_canary_lives(html: str) -> None:
    """Where the marker occurs it is text, or a value: no tag and no attribute."""

    def meet(tag: str, attributes: dict[str, str | None]) -> None:
        assert CANARY not in tag, "what was sent became a tag"
        assert not any(CANARY in name for name in attributes), "what was sent became an attribute"

    if CANARY in html:
        assert f"<{CANARY}" not in html, "what was sent stands in the page as it was sent"
        Tags(meet).feed(html)
