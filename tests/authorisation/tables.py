"""Reading the tables, and writing what came of a request in their words."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tests.authorisation.asking import Answer

Said = tuple[str, str]  # of a line, and to whom


class Line(NamedTuple):
    address: str
    method: str
    which: str  # of several forms that one address takes, or HX
    cells: list[
        list[str]
    ]  # in the rooms' table one for each kind of room, else one; each a word for each kind of people

    @property
    def hx(self) -> bool:
        return self.which == "HX"

    @property
    def body(self) -> str:
        """Under which name the form for it is found."""
        return self.address if self.which in {"", "HX"} else f"{self.address} {self.which}"


def lines(table: str) -> Iterator[Line]:
    """Of a table whose columns are people."""
    for address, method, *words in rows_of(table):
        said = [word if word != '"' else "" for word in words]
        for place, word in enumerate(said):
            said[place] = word or said[place - 1]
        yield line(address, method, [said])


def lines_of_rooms(table: str, people: int) -> Iterator[Line]:
    """Of a table whose columns are rooms, and each cell has all the people."""
    for address, method, *cells in rows_of(table):
        yield line(address, method, [spread_out(cell, people) for cell in cells])


def each_of(who: dict[str, tuple[str, ...]], people: tuple[str, ...], line: Line) -> Iterator[tuple[str, str]]:
    """Each person whom a column speaks of, and what it says."""
    for column, word in zip(people, line.cells[0], strict=True):
        for person in who.get(column, (column,)):
            yield person, word


def unlike(found: Mapping[Said, str], promised: Mapping[Said, str]) -> str:
    """A line for each that is not as it was promised, to show."""
    wrong = [key for key, word in promised.items() if found[key] != word]
    return "\n".join(f"{' '.join(key)}: {found[key]}, promised is {promised[key]}" for key in wrong)


def rows_of(table: str) -> list[list[str]]:
    """Without the heads."""
    return [row.split() for row in table.strip().splitlines()[1:] if row]


def line(address: str, method: str, cells: list[list[str]]) -> Line:
    verb, _, which = method.partition("-")
    return Line("" if address == "." else address, verb, which, cells)


def asked_for(lines: list[Line]) -> Iterator[tuple[str, Line, bool]]:
    """Each line, and where a fetch is answered in the same way, the same once more as one."""
    otherwise = {(line.address, line.method) for line in lines if line.hx}
    for line in lines:
        name = f"{line.method}{f'-{line.which}' * bool(line.which)} {line.address}"
        yield name, line, False
        if not line.which and (line.address, line.method) not in otherwise:
            yield f"{name}, fetched", line, True


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
