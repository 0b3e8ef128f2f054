"""What may arrive at a socket: frames that are right, nearly right, and none."""

import json
from typing import Any

from hypothesis import strategies as st

from chatpoc.live import companions, hearing, tags
from tests.fuzzing.texts import texts

Frames = st.SearchStrategy[str]

LARGE = 64 * 1024  # bytes; what is larger is refused with a reason
NINES = "9" * 5_000

UNREADABLE = [
    "", " ", "{", "}", "{]", "nul", "'watch'", "{'watch': {}}", '{"watch": {}', '{"watch": {},}', "\0", "\ufeff{}",
    "{}{}", "\ud800", '{"watch": {"room:1": "\x01"}}', "NaN", "[NaN]", "true", "0", '""', "[]", "[" * 30_000,
    '{"watch":' * 6_000, "[" * 30_000 + "]" * 30_000, f'{{"seen": {{"1": [0, {NINES}]}}}}',
]  # fmt: skip
ODD = [
    "{}", '{"": {}}', '{"\\ud800": {}}', '{"a": 1, "b": 2}', '{"watch": {}, "watch": {"room:1": "0"}}',
    '{"watch": NaN}', '{"seen": {"1": [NaN, Infinity]}}', '{"seen": {"1": [1e999, -1e999]}}',
    '{"seen": {"1": [0, 1], "1": [1, 2]}}', '{"seen": {"1": [true, true]}}',
    '{"seen": {"1": [0, 9223372036854775807]}}', '{"seen": {"1": [0, 9223372036854775808]}}',
    '{"seen": {"\\u0661": [0, 1]}}', '{"watch": {"room:\\ud800": "\\udc00"}}', '{"watch": {"people:1\\u0000": ""}}',
    '{"watch": {"presence:1": "\\ud800\\u0000"}}', '{"typing": {"\\u0000": true}}', '{"typing": {}}',
    '{"typing": true}', '{"active": 1}', '{"active": "true"}', '{"active": {}}', '{"a":' * 300 + "1" + "}" * 300,
    '{"watch": ' + '{"a":' * 300 + "1" + "}" * 300 + "}",
]  # fmt: skip

keys = st.one_of(
    texts, st.sampled_from(["watch", "seen", "typing", "active", "error", "state", "rewatch", "__class__", "1"])
)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)


def words() -> set[str]:
    """All that the socket hears."""
    return {"watch"} | set(hearing.handlers) | {word for make in companions.makers for word in make().words}


def names(ids: list[int]) -> st.SearchStrategy[str]:
    """A tag of a declared type, with one of these ids or an odd one; or any text."""
    types = st.sampled_from(sorted(tags.known_types()))
    odd = [
        "",
        ":",
        ":1:2",
        ":_all",
        ":01",
        ":-1",
        ":٣",
        ":1\n",
        f":{NINES[:18]}",
        f":{NINES[:60]}",
        f":{NINES[:61]}",
        ":a.b_c-d",
    ]
    return st.one_of(st.builds(str.__add__, types, st.sampled_from([*(f":{id_}" for id_ in ids), *odd])), texts)


def shapes(ids: list[int]) -> dict[str, st.SearchStrategy[Any]]:
    """For each word what it takes, or nearly."""
    seqs = st.one_of(st.integers(-1, 5), st.sampled_from([2**31, 2**63 - 1, 2**63, 2**64]), values)
    rooms = st.one_of(st.sampled_from([str(id_) for id_ in ids]), texts)
    return {
        "watch": st.dictionaries(names(ids), st.one_of(texts, values), max_size=5),
        "seen": st.dictionaries(rooms, st.lists(seqs, min_size=1, max_size=3), max_size=3),
        "typing": st.dictionaries(names(ids), st.one_of(st.booleans(), values), max_size=2),
        "active": st.one_of(st.booleans(), values),
    }


def frames(ids: list[int]) -> Frames:
    taken = shapes(ids)
    right = st.sampled_from(sorted(taken)).flatmap(lambda word: taken[word].map(lambda value: {word: value}))
    wrong = st.one_of(
        st.dictionaries(st.sampled_from(sorted(taken)), values, max_size=2), st.dictionaries(keys, values, max_size=3)
    )
    as_text = st.builds(
        lambda frame, plain: json.dumps(frame, ensure_ascii=plain), st.one_of(right, wrong, values), st.booleans()
    )
    fixed = st.sampled_from(UNREADABLE + ODD)
    return st.one_of(as_text, as_text.flatmap(mutated), fixed, st.text(max_size=50), sized())


def mutated(text: str) -> Frames:
    """Something cut out, put in, or said twice."""
    place, sign = (
        st.integers(0, len(text)),
        st.sampled_from(['"', "{", "}", "[", ",", ":", "\\", "\0", "9" * 30, "\\ud800", "ż"]),
    )
    cut = st.builds(lambda one, other: text[: min(one, other)] + text[max(one, other) :], place, place)
    put = st.builds(lambda at, what: text[:at] + what + text[at:], place, sign)
    return st.one_of(cut, put, st.just(text + text))


def sized() -> Frames:
    """About as large as a frame may be, in characters or in bytes."""

    def of(size: int, sign: str) -> str:
        frame = '{"watch": {"room:1": "%s"}}'
        return frame % (sign * ((size - len(frame) + 2) // len(sign.encode())))

    return st.builds(of, st.sampled_from([LARGE - 1, LARGE, LARGE + 1, 2 * LARGE]), st.sampled_from("xż😀"))


def can_mean_something(text: str) -> bool:
    """Is it a frame with one word that the chat knows? Everything else must be answered with an error."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGE:
        return False
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(frame, dict) and len(frame) == 1 and next(iter(frame)) in words()
