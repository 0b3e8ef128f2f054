"""The forms of every page as each role sees them, and bodies that are nearly what they would send."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from hypothesis import strategies as st

from tests.fuzzing.texts import DATES, NUMBERS, encoded_pairs, texts

Pairs = list[tuple[str, str]]
URLENCODED = "application/x-www-form-urlencoded"
BUTTONS = {"submit", "button", "image"}
MORE = [
    "find", "remove", "reopen", "next", "language", "people", "room", "seq", "role", "notify", "appear", "client_id",
    "body", "credential", "code", "email", "action_add", "action_send", "action_remove", "action_primary", "action",
    "_selected_action", "index", "post", "select_across", "_save", "_continue", "_addanother", "_saveasnew", "_popup",
    "_to_field", "q", "initial-name", "initial-is_active",
]  # fmt: skip


@dataclass(frozen=True)
class Form:
    action: str
    fields: tuple[tuple[str, str], ...]  # with the value that is there, in order

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.fields]


@dataclass
class Reader(HTMLParser):
    """Collects the forms that are sent by POST, and the buttons with an address of their own."""

    page: str
    found: set[Form] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = (
                urljoin(self.page, given.get("action") or self.page)
                if given.get("method", "").lower() == "post"
                else None
            )
            self.fields = []
        elif tag in {"input", "textarea", "select", "button"} and given.get("name"):
            self.fields.append((given["name"], given.get("value", "1" if given.get("type") == "checkbox" else "")))
        if tag in {"input", "button"} and given.get("formaction") and given.get("type", "submit") in BUTTONS:
            self.found.add(Form(urljoin(self.page, given["formaction"]), tuple(self.fields)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.action is not None:
            self.found.add(Form(self.action, tuple(self.fields)))
            self.action = None


def forms_of(client: Client, pages: Iterable[str]) -> list[Form]:
    """One of each address and set of fields."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for page in pages:
        answer = client.get(page)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            reader = Reader(page)
            reader.feed(answer.content.decode())
            for form in reader.found:
                found[form.action, tuple(sorted(set(form.names)))] = form
    return [found[key] for key in sorted(found)]


EXTRA: list[dict[str, Any]] = [{}, {"clientExtensionResults": 1}, {"authenticatorAttachment": []}]
RESPONSES: list[dict[str, Any]] = [
    {},
    {"clientDataJSON": 1},
    {"clientDataJSON": "e30", "attestationObject": "oA"},
    {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "AA"},
    {"clientDataJSON": "!", "authenticatorData": None, "signature": [], "userHandle": {}},
    {"clientDataJSON": "bnVsbA", "authenticatorData": "", "signature": "", "userHandle": "9999"},
]
CREDENTIALS = [
    json.dumps({"id": "AA", "rawId": "AA", "type": kind, "response": response} | more)
    for kind in ("public-key", "")
    for more in EXTRA
    for response in RESPONSES
]
CREDENTIALS += [
    '{"id": "\\ud800", "rawId": "\\ud800", "type": "\\ud800", "response": {"clientDataJSON": "\\ud800"}}',
    '{"id": "", "rawId": "", "type": "public-key", "response": {"clientDataJSON": "W10", "attestationObject": "/////w"}}',
    "[" * 5_000, "NaN", "{}", "[]", '{"id": 1}',
]  # fmt: skip
values = st.one_of(texts, st.sampled_from(NUMBERS), st.sampled_from(DATES), st.sampled_from(CREDENTIALS))


def pairs(form: Form) -> st.SearchStrategy[Pairs]:
    """What is there, with some of it changed, left out or said twice, and something more."""
    names = st.sampled_from([*form.names, *form.names, *MORE])

    def changed(new: Pairs, gone: set[str], twice: bool) -> Pairs:  # noqa: FBT001
        kept = [(name, value) for name, value in form.fields if name not in gone and name not in dict(new)]
        return kept + new + (new if twice else [])

    return st.builds(changed, st.lists(st.tuples(names, values), max_size=4), st.sets(names, max_size=1), st.booleans())


def multipart(fields: Pairs, files: bool, cut: int) -> bytes:  # noqa: FBT001
    """With each value as a file, if `files`; without its last `cut` bytes."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'.encode("utf-8", "surrogatepass")
        + (b'; filename="../\x00x.png"\r\nContent-Type: image/png' if files else b"")
        + b"\r\n\r\n" + value.encode("utf-8", "surrogatepass") + b"\r\n"
        for name, value in fields
    ]  # fmt: skip
    whole = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return whole[: len(whole) - cut]


def bodies(form: Form) -> st.SearchStrategy[dict[str, Any]]:
    """`data` and `content_type` of a request."""

    def body(data: bytes | str, content_type: str) -> dict[str, Any]:
        return {"data": data, "content_type": content_type}

    of_form = pairs(form)
    plain = of_form.map(lambda fields: body(encoded_pairs(fields), URLENCODED))
    in_parts = st.builds(multipart, of_form, st.booleans(), st.sampled_from([0, 0, 0, 1, 3, 20]))
    charset = st.sampled_from(["", "", "; charset=utf-8", "; charset=x", "; charset="])
    odd_types = ["application/json", "text/plain", "", "multipart/form-data", f"{URLENCODED};;=", "é/é"]
    return st.one_of(
        plain,
        st.builds(lambda data, more: body(data, MULTIPART_CONTENT + more), in_parts, charset),
        st.builds(lambda fields, more: body(encoded_pairs(fields), URLENCODED + more), of_form, charset),
        st.builds(lambda fields, kind: body(json.dumps(fields), kind), of_form, st.sampled_from(odd_types)),
        st.builds(body, st.binary(max_size=40), st.sampled_from([URLENCODED, MULTIPART_CONTENT, *odd_types])),
        st.just(body("a=1&" * 1_100, URLENCODED)),
    )
