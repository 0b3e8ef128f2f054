"""Every address that the resolver knows, with what may stand in it and behind it, and with which headers it is asked for."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.http import QueryDict
from hypothesis import strategies as st

from tests.fuzzing.texts import DATES, NUMBERS, encoded, encoded_pairs, texts
from tests.site.test_doors import EXAMPLES

PART = re.compile(r"<(?:(\w+):)?(\w+)>")
READ = [
    "since", "before", "after", "at", "around", "q", "sort", "page", "next", "lang", "language", "edit", "rooms",
    "people", "find", "key", "code", "o", "p", "all", "e", "_popup", "_to_field", "_changelist_filters", "action",
    "app_label", "model_name", "field_name", "term", "name__contains", "name__regex", "kind__exact", "last_seq__gt",
    "archived_at__isempty", "is_active__exact", "active__exact", "process", "process__id__exact",
    "password__startswith", "memberships__user__password__startswith", "id__in", "created_at__year",
    "created_at__gte", "user__email__startswith", "pk", "direct_low", "room__name", "body__iregex",
]  # fmt: skip
HEADERS = [
    "HX-Request", "HX-Target", "HX-PTag", "HX-Current-URL", "HX-Current-URL-URI-AutoEncoded", "HX-Boosted",
    "HX-Trigger", "HX-Request-Type", "HX-Source", "HX-Prompt", "HX-History-Restore-Request", "Accept-Language",
    "Accept", "Accept-Encoding", "Range", "If-None-Match", "If-Modified-Since", "If-Match", "If-Range", "Host",
    "Origin", "Referer", "User-Agent", "Cookie", "Authorization", "X-Forwarded-For", "X-Forwarded-Host",
    "X-Forwarded-Proto", "X-Real-IP", "X-CSRFToken", "X-Requested-With", "Content-Type", "Content-Length",
    "Transfer-Encoding", "Expect", "X-HTTP-Method-Override",
]  # fmt: skip
SAID = [
    "true", "main#pane", "div#directory", "div#open-rooms", "bytes=0-", "bytes=-5", "bytes=9-1", "bytes=0-1,3-4",
    "bytes=a-b", "*", 'W/"x"', '"', "Thu, 26 Nov 2026 22:55:50 GMT", "Thu, 99 Nov 0000 99:99:99 GMT", "pl",
    "pl;q=NaN", "xx-" + "y" * 600, "en;q=" + "9" * 400, "*;q=0", ";" * 3_000, "http://[",
    "http://testserver//evil.example", "javascript:alert(1)", "//evil.example", "http://testserver/\x00", "localhost",
    "localhost:999999", "[::1", "[::1]:80", "a..b", ".", "127.0.0.1.", "évil", "sessionid=\x00",
    "sessionid=" + "x" * 5_000, "csrftoken=x; csrftoken=y", "language=\xff", "language=pl", "messages=x",
    "messages=W10:1:x", "=;=;", 'a="\\777\\1"', "sessionid=é", "Bearer é", "Basic !!!", "multipart/form-data",
    "multipart/form-data; boundary=",
    "text/plain; charset=nothing", "application/json", "-1", "1e3", "chunked",
    "127.0.0.1, ::1", "br;q=1.0, gzip;q=0", "gzip",
]  # fmt: skip
SAFE = ["GET", "HEAD"]
METHODS = [*SAFE, "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "POST"]

values = st.one_of(st.sampled_from(SAID), st.sampled_from(NUMBERS), texts).map(
    lambda text: re.sub(r"[\r\n]", " ", text)
)
headers: st.SearchStrategy[dict[str, str]] = st.dictionaries(
    st.sampled_from(HEADERS),
    values.map(
        lambda text: text.encode("utf-8", "surrogatepass").replace(b"\0", b"").decode("latin1")
    ),  # as a server hands them on
    max_size=3,
)
ODD_QUERIES = [
    "&&&", "=", "a=b=c", "%", "%zz", "q=%ff%fe", "q=%ED%A0%80", "q", "?", ";", "a&" * 1_100, "q=" + "%00" * 5_000,
]  # fmt: skip


def queries(read: set[str]) -> st.SearchStrategy[str]:
    """With the parameters that are `read` there, mostly."""

    def of(names: st.SearchStrategy[str], least: int) -> st.SearchStrategy[str]:
        return st.lists(st.tuples(names, st.one_of(texts, st.sampled_from(NUMBERS))), min_size=least, max_size=3).map(
            encoded_pairs
        )

    anything = st.one_of(of(st.one_of(st.sampled_from(READ), texts), 0), st.sampled_from(ODD_QUERIES))
    own = of(st.sampled_from(sorted(read)), 1)
    return st.one_of(own, own, own, anything) if read else anything


@contextmanager
def noting_what_is_read() -> Iterator[set[str]]:
    """The names of the parameters that views ask an address or a form for, meanwhile."""
    read: set[str] = set()

    def noting(method: Any) -> Any:
        def ask(self: QueryDict, name: str, *default: Any) -> Any:
            read.add(name)
            return method(self, name, *default)

        return ask

    with ExitStack() as stack:
        for name in ("get", "getlist", "__getitem__"):
            stack.enter_context(patch.object(QueryDict, name, noting(getattr(QueryDict, name))))
        stack.enter_context(patch.object(QueryDict, "__contains__", noting(QueryDict.__contains__), create=True))
        yield read


def there(route: str, known: dict[str, list[str]]) -> list[str]:
    """The route once for each thing that is there."""
    turns = max((len(known.get(match[2], "1")) for match in PART.finditer(route)), default=1)

    def in_turn(turn: int) -> str:
        def part(match: re.Match[str]) -> str:
            values = known.get(match[2]) or [EXAMPLES.get(match[1] or match[2], "x")]
            return values[turn % len(values)]

        return "/" + PART.sub(part, route)

    return [in_turn(turn) for turn in range(turns)]


def addresses(route: str, known: dict[str, list[str]]) -> st.SearchStrategy[str]:
    """The route with what exists, with its example, or with anything in its parts."""

    def part(match: re.Match[str]) -> st.SearchStrategy[str]:
        there = [*known.get(match[2], []), EXAMPLES.get(match[1] or match[2], "x")]
        odd = st.one_of(st.sampled_from(NUMBERS), st.sampled_from(DATES), texts).map(encoded)
        return st.one_of(st.sampled_from(there), st.sampled_from(there), odd)

    pieces: list[st.SearchStrategy[str]] = []
    at = 0
    for match in PART.finditer(route):
        pieces += [st.just(route[at : match.start()]), part(match)]
        at = match.end()
    return st.tuples(*pieces, st.just(route[at:])).map(lambda parts: "/" + "".join(parts))
