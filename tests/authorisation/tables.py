"""Reading the tables, and writing what came of a request in their words."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.authorisation.asking import Answer


class Line(NamedTuple):
    address: str
    method: str
    which: str  # of several forms that one address takes, or HX
    cells: dict[str, list[str]]  # by the heads of the columns; each as many words as there are kinds of people

    @property
    def hx(self) -> bool:
        return self.which == "HX"

    @property
    def body(self) -> str:
        """Under which name the form for it is found."""
        return self.address if self.which in {"", "HX"} else f"{self.address} {self.which}"


def lines(table: str, people: int) -> Iterator[Line]:
    head, *rows = [row.split() for row in table.strip().splitlines()]
    for address, method, *cells in rows:
        verb, _, which = method.partition("-")
        spread = [spread_out(cell, people) for cell in cells]
        yield Line("" if address == "." else address, verb, which, dict(zip(head[2:], spread, strict=True)))


def spread_out(cell: str, people: int) -> list[str]:
    """`404/200` is outsider and the rest."""
    words = re.split(r"/(?=[\d>])", cell)
    return words + words[-1:] * (people - len(words))


def in_words(answer: Answer, places: dict[str, str]) -> str:
    """`places`: what an address that is led to is called, by a regular expression."""
    word = str(answer.status)
    if answer.leads:
        word = next((f">{name}" for name, place in places.items() if re.fullmatch(place, answer.leads)), answer.leads)
    return word + "+" * answer.changed


def without_chance(text: str) -> str:
    """What is drawn anew for each answer says nothing."""
    return re.sub(r'(csrfmiddlewaretoken" value=)"\w+"|nonce-[\w+/=-]+', r"\1", text)
