"""Names, rooms and phrases of each language, from stock/<locale>.json: all of it was written for this purpose."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "stock"
LOCALES = ("en", "pl", "de", "fr", "es", "ja", "ar")


@dataclass(frozen=True)
class Turn:
    """`role`: A begins, B answers, C joins them. What may be left out stands in small letters in the file.

    Behind `=A`, each variant belongs to the one of the same place that it began with, in turns with as many.
    """

    role: int
    optional: bool
    variants: Sequence[str]
    together: bool


@dataclass(frozen=True)
class Name:
    """As it is shown, and in Latin letters for the handle; the latter is empty where it is the same."""

    shown: str
    latin: str


@dataclass(frozen=True)
class Stock:
    """One language. In phrases {a}, {b} and {c} are who has this role in a conversation, the others are `words`."""

    locale: str
    zone: int  # hours from UTC
    time_zone: str
    weekend: Sequence[int]
    order: str  # of the names
    given: Sequence[Sequence[Name]]  # women's, men's
    family: Sequence[Sequence[Name]]
    bios: Sequence[str]
    rooms: Mapping[str, Sequence[tuple[str, str]]]  # "work" and "home": names and subjects
    words: Mapping[str, Sequence[str]]
    talk: Mapping[str, Sequence[Sequence[Turn]]]
    asides: Sequence[str]  # what anybody may throw in
    quoting: Sequence[str]  # said under a quote of what the conversation began with
    code: Sequence[str]  # said over a block of code
    links: Sequence[str]  # with {link}
    lists: Sequence[str]  # over a list of `steps`
    steps: Sequence[str]


@cache
def stock_of(locale: str) -> Stock:
    data: dict[str, Any] = json.loads((FOLDER / f"{locale}.json").read_text())
    data["given"] = [_names(data["given"]["women"]), _names(data["given"]["men"])]
    data["family"] = [_names(data["family"], form) for form in (0, 1)]
    data["rooms"] = {tone: [tuple(room) for room in rooms] for tone, rooms in data["rooms"].items()}
    data["talk"] = {tone: [_thread(turns) for turns in data["talk"][tone]] for tone in ("work", "home")}
    return Stock(locale=locale, **data)


@cache
def code_blocks() -> list[str]:
    blocks: list[str] = json.loads((FOLDER / "code.json").read_text())
    return blocks


def _names(text: str, form: int = 0) -> list[Name]:
    """`Anna Kowalska/Kowalski 佐藤|sato`: women's and men's forms, and Latin letters where they are others."""
    found = []
    for name in text.split():
        shown, _, latin = name.partition("|")
        forms = shown.split("/")
        found.append(Name(forms[form % len(forms)], latin))
    return found


def _thread(turns: list[list[str]]) -> list[Turn]:
    together = len(turns[0]) - 1 if turns[0][0].startswith("=") else 0
    return [
        Turn("ABC".index(role.lstrip("=").upper()), role.islower(), variants, len(variants) == together)
        for role, *variants in turns
    ]
