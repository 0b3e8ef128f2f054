"""SECURITY.md says of each item of two OWASP lists how it is met, and names tests that exist."""

import ast
import re
from collections import Counter
from functools import cache

import pytest

from chatpoc.env import BASE

pytestmark = pytest.mark.once

TEXT = (BASE / "SECURITY.md").read_text()
STATES = {"met", "in part", "not met", "operator"}
# The items of ASVS 5.0.0 of levels 1 and 2, but for chapters 10 (OAuth) and 17 (WebRTC). 1.2:9 are 1.2.1 to 1.2.9.
LEVEL_2 = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4
5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2
8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4
13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3
"""
NUMBER = r"(?:W\d+|\d+\.\d+\.\d+)"


def rows(text: str) -> list[list[str]]:
    """The cells of each item: number, what it asks for, state, how, tests."""
    lines = [line for line in text.splitlines() if re.match(rf"\| {NUMBER} \|", line)]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


ROWS = rows(TEXT)


def named(cell: str) -> list[str]:
    """The tests that a cell names."""
    return re.findall(r"`([^`]+)`", cell)


@cache
def functions_of(path: str) -> frozenset[str]:
    """The functions of a file that pytest would take for tests. Read, not run."""
    tree = ast.parse((BASE / path).read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return frozenset(function.name for function in functions if function.name.startswith("test_"))


def exists(test: str) -> bool:
    path, _, name = test.partition("::")
    return path.startswith("tests/") and (BASE / path).is_file() and name in functions_of(path)


def items(sections: str) -> set[str]:
    counted = (section.split(":") for section in sections.split())
    return {f"{section}.{number}" for section, last in counted for number in range(1, int(last) + 1)}


def test_every_row_is_whole() -> None:
    assert len(ROWS) > 190
    for row in ROWS:
        number, asks, state, how, shown = row
        assert asks, number
        assert state in STATES, number
        if state == "met":
            assert named(shown), f"{number} is said to be met, and nothing shows it"
        else:
            assert how != "–" or state == "operator", f"{number} needs a reason"


def test_every_test_that_it_names_exists() -> None:
    assert [(row[0], test) for row in ROWS for test in named(row[4]) if not exists(test)] == []


def test_every_item_of_level_2_has_one_row_or_a_reason_why_not() -> None:
    told = [row[0] for row in ROWS]
    assert [number for number, times in Counter(told).items() if times > 1] == []
    apart = TEXT.partition("These do not apply:")[2].partition("| | asks for")[0]
    left_out = set(re.findall(r"\d+\.\d+\.\d+", apart))
    assert left_out & set(told) == set()
    assert items(LEVEL_2) - set(told) - left_out == set()
    assert left_out <= items(LEVEL_2)


def test_every_link_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert target.removeprefix("#") in anchors if target.startswith("#") else (BASE / target).exists(), target


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("| 1.1.1 | x | met | x | `tests/site/test_security_table.py::test_that_there_is_not` |", True),
        ("| 1.1.1 | x | met | x | `tests/site/test_nowhere.py::test_x` |", True),
        ("| 1.1.1 | x | met | x | `tests/site/test_security_table.py::exists` |", True),
        ("| 1.1.1 | a \\| b | met | x | `tests/site/test_security_table.py::test_every_row_is_whole` |", False),
    ],
)
def test_the_search_itself_finds(line: str, wrong: bool) -> None:  # noqa: FBT001
    [row] = rows(line)
    assert len(row) == 5
    assert any(not exists(test) for test in named(row[4])) is wrong
